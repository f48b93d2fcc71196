import ArgumentParser
import OctobotAPI
import OctobotModel
import Testing

@testable import OctoctlCommands

@Suite("Approvals and their rules as commands")
struct ApprovalCommandTests {
    @Test("approvals follows, and has the rules beneath it")
    func approvals() throws {
        let following = try #require(
            try Octoctl.parseAsRoot(["approvals", "--follow", "--session", "s"]) as? Approvals
        )
        #expect(following.follow && following.session == "s")
        for noun in ["approval", "approvals"] {
            let words = [noun, "rules", "create", "allow", "Bash", "make *", "--session", "s"]
            let created = try #require(try Octoctl.parseAsRoot(words) as? ApprovalRuleCreate)
            #expect(created.effect == .allow)
            #expect(created.pattern == "make *")
        }
        #expect(try Octoctl.parseAsRoot(["usage", "--session", "s"]) is UsageGet)
    }

    @Test("an answer may hold for more than once; a pattern without that is refused")
    func scopes() throws {
        let words = ["approval", "answer", "p1", "--approve", "--for", "session"]
        let answer = try #require(try Octoctl.parseAsRoot(words + ["--pattern", "make *"]) as? ApprovalAnswer)
        #expect(answer.scope == .session)
        #expect(throws: (any Error).self) { try Octoctl.parseAsRoot(["approval", "answer", "p1", "--pattern", "x"]) }
        #expect(throws: (any Error).self) { try Octoctl.parseAsRoot(["approval", "answer", "p1", "--for", "ever"]) }
    }

    @Test("an approval on one line says what became of it, by whom and by which rule")
    func line() {
        var approval = Approval.example
        #expect(approval.line.hasSuffix("p1  s1  pending  Run `make test`?"))
        approval = .answeredExample
        #expect(approval.line.hasSuffix("answered  Run `make test`?  → Allow once (Anonymous User)"))
        approval.ruleID = "r1"
        #expect(approval.line.hasSuffix("(Anonymous User, rule r1)"))
    }
}
