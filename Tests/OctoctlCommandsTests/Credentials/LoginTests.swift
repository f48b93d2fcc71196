import ArgumentParser
import Testing

@testable import OctoctlCommands

@Suite("credential login", .timeLimit(.minutes(1)))
struct LoginTests {
    @Test(
        "the code is found in the address a browser ended at, or is what was pasted",
        arguments: [
            ("http://localhost:1455/auth/callback?code=ac_1%2B2&state=s", "ac_1+2"),
            ("http://localhost:1455/auth/callback?state=s&code=ac_1#x", "ac_1"),
            ("ac_1", "ac_1"),
            ("http://localhost:1455/auth/callback?state=s", "http://localhost:1455/auth/callback?state=s"),
        ]
    )
    func code(text: String, code: String) {
        #expect(LoginDialogue.code(in: text) == code)
    }

    @Test("an enterprise's address belongs to GitHub only")
    func enterprise() throws {
        let command = try Octoctl.parseAsRoot(
            ["credential", "login", "github-copilot", "--enterprise-url", "https://ghe.example.com"]
        )
        #expect((command as? CredentialLogin)?.enterpriseURL == "https://ghe.example.com")
        #expect(throws: (any Error).self) {
            try Octoctl.parseAsRoot(["credential", "login", "codex", "--enterprise-url", "https://ghe.example.com"])
        }
        #expect(throws: (any Error).self) { try Octoctl.parseAsRoot(["credential", "login", "nobody"]) }
    }
}
