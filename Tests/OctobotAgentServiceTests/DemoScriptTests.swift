import Testing

@testable import OctobotAgentService

@Suite("The demo agent's commands")
struct DemoScriptTests {
    static let cases: [(String, [DemoStep])] = [
        ("hello", [.echo("hello")]), ("", [.help]),
        ("a\nb\n/run ls -l\nc", [.echo("a\nb"), .run(command: "ls -l"), .echo("c")]),
        ("/write notes/plan.txt forty-two", [.write(path: "notes/plan.txt", text: "forty-two")]),
        (#"/write "my file" a\nb  c"#, [.write(path: "my file", text: "a\nb  c")]),
        ("/edit f old new", [.edit(path: "f", old: "old", new: "new")]),
        (#"/edit f 'two words' "a\"b""#, [.edit(path: "f", old: "two words", new: "a\"b")]),
        ("/edit f x", [.misunderstood("/edit f x")]), ("/nope", [.misunderstood("/nope")]),
        ("/slow 3", [.slow(count: 3, milliseconds: nil)]), ("/slow 3 20", [.slow(count: 3, milliseconds: 20)]),
        ("/big 5", [.big(count: 5)]), ("/plan\n/fail\n/crash\n/help", [.plan, .fail, .crash, .help]),
        ("/ask Which? | A | B", [.ask(question: "Which?", choices: ["A", "B"])]),
        ("/permission rm x", [.permission(command: "rm x")]),
    ]

    @Test("are read line by line", arguments: cases)
    func parse(prompt: String, steps: [DemoStep]) {
        #expect(DemoStep.parse(prompt) == steps)
    }
}
