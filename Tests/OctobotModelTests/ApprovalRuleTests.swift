import OctobotModel
import Testing

@Suite("Approval rules")
struct ApprovalRuleTests {
    private func command(_ text: String) -> ApprovalSubject {
        ApprovalSubject(tool: "Bash", kind: "execute", command: text, allow: ["Allow"], deny: ["Reject"])
    }

    private func files(_ paths: String...) -> ApprovalSubject {
        ApprovalSubject(tool: "Edit", kind: "edit", paths: paths, allow: ["Allow"], deny: ["Reject"])
    }

    private func rule(
        _ effect: ApprovalRule.Effect,
        _ pattern: String?,
        tool: String = "*",
        scope: ApprovalRule.Scope = .project,
        id: ApprovalRuleID = "r",
        at seconds: Int64 = 0
    ) -> ApprovalRule {
        ApprovalRule(
            id: id,
            scope: scope,
            effect: effect,
            tool: tool,
            pattern: pattern,
            createdBy: "Ada",
            createdAt: Timestamp(milliseconds: seconds * 1000)
        )
    }

    @Test(
        "a pattern fits a command as a glob",
        arguments: [
            ("git status", "git status", true), ("git status", "git status -s", false), ("git *", "git log -1", true),
            ("git *", "git", false), ("git *", "FOO=1 git log", false), ("git *", "digit log", false),
            ("*", "make", true), ("* test", "make test", true), ("* test", "make tests", false),
            ("m*e t*t", "make test", true), ("make \\*", "make *", true), ("make \\*", "make all", false),
            ("a\\\\b", "a\\b", true), ("Git *", "git log", false), ("a*b*c", "aXbYbZc", true),
        ] as [(String, String, Bool)]
    )
    func commands(pattern: String, text: String, fits: Bool) {
        #expect(rule(.allow, pattern).covers(command(text)) == fits)
    }

    @Test(
        "a rule that allows does not let a second command through behind the first",
        arguments: [
            "git log; rm -r .", "git log && rm x", "git log || rm x", "git log | sh", "git log & rm x",
            "git log\nrm x", "git log\rrm x", "git log $(rm x)", "git log `rm x`", "git log > ~/.bashrc",
            "git log < /etc/passwd", "git log ${X}", "git log $X", "git log <(rm x)", "git {log,x}", "git log (x)",
        ]
    )
    func compound(text: String) {
        #expect(!rule(.allow, "git *").covers(command(text)))
        #expect(!rule(.allow, "*").covers(command(text)))
        #expect(rule(.allow, ApprovalPattern.exactly(text)).covers(command(text)))
        #expect(rule(.allow, nil).covers(command(text)))
    }

    @Test(
        "a rule that denies is found out by no piece of a command",
        arguments: ["rm -r x", "ls; rm -r x", "ls &&  rm -r x ", "echo $(rm -r x)", "echo `rm -r x`", "ls\nrm -r x"]
    )
    func denied(text: String) {
        #expect(rule(.deny, "rm *").covers(command(text)))
        #expect(!rule(.deny, "rmdir *").covers(command(text)))
    }

    @Test(
        "a pattern fits a file part by part",
        arguments: [
            ("src/*.swift", "src/a.swift", true), ("src/*.swift", "src/b/a.swift", false), ("src/**", "src/b/a", true),
            ("**/a", "a", true), ("**/a", "x/y/a", true), ("src/**/a", "src/a", true), ("src/**/a", "src/x/b", false),
            ("*", "a", true), ("*", "a/b", false), ("src/**", "src/../../etc/passwd", false),
            ("src/**", "src/./a", false), ("/etc/**", "/etc/hosts", true), ("**", "/etc/hosts", true),
            ("**/x/**/y", "a/x/b/x/c/y", true),
        ] as [(String, String, Bool)]
    )
    func paths(pattern: String, path: String, fits: Bool) {
        #expect(rule(.allow, pattern).covers(files(path)) == fits)
    }

    @Test("of several files, one that allows has to fit all and one that denies any")
    func severalFiles() {
        #expect(rule(.allow, "src/**").covers(files("src/a", "src/b")))
        #expect(!rule(.allow, "src/**").covers(files("src/a", "b")))
        #expect(rule(.deny, "src/**").covers(files("src/a", "b")))
        #expect(!rule(.allow, "*").covers(ApprovalSubject(tool: "Fetch", allow: [], deny: [])))
    }

    @Test("a rule is for its tool")
    func tools() {
        #expect(rule(.allow, nil, tool: "Bash").covers(command("x")))
        #expect(!rule(.allow, nil, tool: "bash").covers(command("x")))
        #expect(!rule(.allow, nil, tool: "Edit").covers(command("x")))
    }

    @Test("no pattern is empty, too long, ends in the middle, or has a NUL")
    func patterns() {
        for text in ["", "a\\", "a\0b", String(repeating: "x", count: ApprovalPattern.limit + 1)] {
            #expect(ApprovalPattern(text) == nil)
            if !text.isEmpty { #expect(!rule(.allow, text).covers(command(text))) }
        }
        #expect(ApprovalPattern(String(repeating: "x", count: ApprovalPattern.limit)) != nil)
    }

    @Test("a pattern of many stars is soon done with")
    func manyStars() {
        let pattern = String(repeating: "*a", count: 400) + "b"
        let text = String(repeating: "a", count: 10_000)
        #expect(!rule(.allow, pattern).covers(command(text)))
        #expect(!rule(.allow, String(repeating: "**/a/", count: 150) + "b").covers(files(text)))
    }

    @Test("one that denies goes first, then the narrower, then the newer")
    func order() {
        let narrow = rule(.allow, nil, scope: .turn, id: "narrow", at: 1)
        let wide = rule(.allow, nil, scope: .project, id: "wide", at: 9)
        let newer = rule(.allow, nil, scope: .turn, id: "newer", at: 2)
        let denying = rule(.deny, nil, scope: .project, id: "denying", at: 0)
        let other = rule(.deny, "rm *", id: "other", at: 5)
        let subject = command("make")
        #expect(ApprovalRule.deciding(subject, among: [wide, narrow])?.id == "narrow")
        #expect(ApprovalRule.deciding(subject, among: [narrow, wide, newer])?.id == "newer")
        #expect(ApprovalRule.deciding(subject, among: [narrow, denying, newer])?.id == "denying")
        #expect(ApprovalRule.deciding(subject, among: [narrow, other])?.id == "narrow")
        #expect(ApprovalRule.deciding(subject, among: [other]) == nil)
    }
}
