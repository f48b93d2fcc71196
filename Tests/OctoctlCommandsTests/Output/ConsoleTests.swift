import JSONText
import Testing

@testable import OctoctlCommands

@Suite("standard output and standard error", .timeLimit(.minutes(1)))
struct ConsoleTests {
    @Test("data and notes go their own ways, and nothing is coloured away from a terminal")
    func streams() async throws {
        let (_, recording) = try await ConsoleRecording.of { console in
            console.write("half")
            console.note("a note", .red)
            console.line("line", .green)
            console.prompt("Which?")
        }
        #expect(recording.output == "halfline\n")
        #expect(recording.errors == "a note\nWhich? ")
    }

    @Test("JSON is indented for people, two spaces a level")
    func pretty() {
        let value: JSONValue = ["b": [1, ["c": nil]], "a": [], "e": [:], "t": "x\u{9B}"]
        #expect(
            value.pretty == """
                {
                  "a": [],
                  "b": [
                    1,
                    {
                      "c": null
                    }
                  ],
                  "e": {},
                  "t": "x\u{FFFD}"
                }
                """
        )
    }
}
