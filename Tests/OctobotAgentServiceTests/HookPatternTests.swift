import Testing

@testable import OctobotAgentService

@Suite("Patterns of file hooks")
struct HookPatternTests {
    @Test(
        "a pattern without a slash is for names, any other for paths; hidden names never match",
        arguments: [
            ("*.go", "main.go", true), ("*.go", "src/deep/main.go", true), ("*.go", "main.goo", false),
            ("*.go", ".hidden.go", false), ("*.go", ".git/main.go", false), ("src/*.go", "src/main.go", true),
            ("src/*.go", "src/deep/main.go", false), ("src/**", "src/deep/main.go", true), ("src/**", "lib/a", false),
            ("**/*.go", "main.go", true), ("**/test/*.go", "a/b/test/x.go", true), ("a/**/b", "a/b", true),
            ("?.c", "a.c", true), ("?.c", "ab.c", false), ("[ab].c", "b.c", true), ("[!ab].c", "b.c", false),
            ("*.{js,ts}", "x.ts", true), ("*.{js,ts}", "x.css", false), ("{a,b}{1,2}", "b2", true),
            ("{a,b", "{a,b", true),
            ("*", "anything", true), ("", "a", false),
        ]
    )
    func matching(pattern: String, path: String, matches: Bool) {
        #expect(HookPattern(pattern).matches(path) == matches)
    }

    @Test("braces that stand for very much end")
    func hostile() {
        let pattern = HookPattern(String(repeating: "{a,b,c,d}", count: 40) + "**/**/**/**/*")
        #expect(!pattern.matches("x"))
    }
}
