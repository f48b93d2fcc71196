import OctobotModel
import Testing

@testable import OctoctlCommands

@Suite("asking at the terminal", .timeLimit(.minutes(1)))
struct ApprovalDialogueTests {
    private typealias Effect = ApprovalDialogue.Effect

    private static let permissionOptions = [
        Question.Option(label: "Always allow", description: "Allow and remember"),
        Question.Option(label: "Allow", description: "Allow this time"),
        Question.Option(label: "Reject", description: "Refuse this time"),
    ]

    private static func permission(_ id: ApprovalID = "p1") -> Approval {
        approval(
            id,
            .permission,
            [Question(question: "Allow: rm?", header: "Permission", options: permissionOptions, multiSelect: false)]
        )
    }

    private static func question(_ options: [String], id: ApprovalID = "q1", multiSelect: Bool = false) -> Approval {
        let options = options.map { Question.Option(label: $0, description: "") }
        return approval(
            id,
            .question,
            [Question(question: "Which way?", header: "Question", options: options, multiSelect: multiSelect)]
        )
    }

    private static func approval(_ id: ApprovalID, _ kind: Approval.Kind, _ questions: [Question]) -> Approval {
        Approval(
            id: id,
            sessionID: "s1",
            turnID: "t1",
            toolCallID: "c1",
            kind: kind,
            state: .pending,
            questions: questions,
            createdAt: Timestamp(milliseconds: 0)
        )
    }

    /// The answers given when a terminal types `lines`.
    private func answers(_ approval: Approval, typing lines: [String]) -> [[String: String]] {
        var dialogue = ApprovalDialogue(.ask)
        var effects = dialogue.handle(.asked(approval))
        for line in lines { effects += dialogue.handle(.line(line)) }
        return effects.compactMap { effect in
            guard case .answer(_, let answers) = effect else { return nil }
            return answers
        }
    }

    @Test("options are numbered, and the number answers")
    func numbers() {
        var dialogue = ApprovalDialogue(.ask)
        #expect(
            dialogue.handle(.asked(Self.permission())) == [
                .say("? Allow: rm?", .yellow), .say("  1) Always allow — Allow and remember", .plain),
                .say("  2) Allow — Allow this time", .plain), .say("  3) Reject — Refuse this time", .plain),
                .prompt("1 to 3:"),
            ]
        )
        #expect(dialogue.handle(.line("2")) == [.answer("p1", ["Allow: rm?": "Allow"])])
    }

    @Test(
        "a permission takes numbers and names, and asks again for anything else",
        arguments: [
            ("1", "Always allow"), ("reject", "Reject"), (" Allow ", "Allow"), ("4", nil), ("0", nil), ("", nil),
            ("maybe", nil), ("1,2", nil), ("-1", nil),
        ] as [(String, String?)]
    )
    func permission(line: String, expected: String?) {
        #expect(answers(Self.permission(), typing: [line]) == (expected.map { [["Allow: rm?": $0]] } ?? []))
    }

    @Test(
        "a question takes words of one's own",
        arguments: [
            (["Left", "Right"], false, "2", "Right"), (["Left", "Right"], false, "straight on", "straight on"),
            ([], false, "whatever", "whatever"), (["A", "B", "C"], true, "1, 3", "A, C"),
            (["A", "B"], true, "a,b", "A, B"), (["A", "B"], true, "1, else", "1, else"),
            (["A", "B"], false, "1,2", "1,2"),
        ]
    )
    func questions(options: [String], multiSelect: Bool, line: String, expected: String) {
        let approval = Self.question(options, multiSelect: multiSelect)
        #expect(answers(approval, typing: ["", line]) == [["Which way?": expected]])
    }

    @Test("several questions are asked one after the other and answered together")
    func several() {
        let questions = ["One?", "Two?"].map { Question(question: $0, header: "", options: [], multiSelect: false) }
        let approval = Self.approval("q", .question, questions)
        #expect(answers(approval, typing: ["1"]) == [])
        #expect(answers(approval, typing: ["1", "2"]) == [["One?": "1", "Two?": "2"]])
    }

    @Test("approvals wait in a queue, and one that is settled elsewhere leaves it")
    func queue() {
        var dialogue = ApprovalDialogue(.ask)
        _ = dialogue.handle(.asked(Self.permission("p1")))
        #expect(dialogue.handle(.asked(Self.permission("p1"))) == [])
        #expect(dialogue.handle(.asked(Self.permission("p2"))) == [])
        #expect(dialogue.handle(.asked(Self.question(["A"], id: "q3"))) == [])
        #expect(dialogue.handle(.settled("p2")) == [])
        let next = dialogue.handle(.settled("p1"))
        #expect(next.contains(.say("? Which way?", .yellow)))
        #expect(dialogue.handle(.line("A")) == [.answer("q3", ["Which way?": "A"])])
        #expect(dialogue.handle(.line("A")) == [])
    }

    @Test("without a terminal it is said how to answer, and waited")
    func waiting() {
        var dialogue = ApprovalDialogue(.wait)
        let effects = dialogue.handle(.asked(Self.permission()))
        #expect(effects.last == .say("  waits for an answer: octoctl approval answer p1 ANSWER", .plain))
        #expect(dialogue.handle(.line("1")) == [])
    }

    @Test("when the terminal's input ends, the rest waits for others")
    func endOfInput() {
        var dialogue = ApprovalDialogue(.ask)
        _ = dialogue.handle(.asked(Self.permission("p1")))
        _ = dialogue.handle(.asked(Self.permission("p2")))
        let said = dialogue.handle(.endOfInput).filter { $0 != .say("? Allow: rm?", .yellow) }
        #expect(said.contains(.say("  waits for an answer: octoctl approval answer p1 ANSWER", .plain)))
        #expect(said.contains(.say("  waits for an answer: octoctl approval answer p2 ANSWER", .plain)))
        #expect(!dialogue.handle(.asked(Self.permission("p3"))).contains(.prompt("1 to 3:")))
    }

    @Test("--approve allows once, never for always, and leaves questions to people")
    func approve() {
        var dialogue = ApprovalDialogue(.approve(asking: false))
        let effects = dialogue.handle(.asked(Self.permission()))
        #expect(effects.last == .answer("p1", ["Allow: rm?": "Allow"]))
        #expect(dialogue.handle(.asked(Self.question(["A"]))).last?.isAnswer == false)
        var asking = ApprovalDialogue(.approve(asking: true))
        #expect(asking.handle(.asked(Self.question(["A"]))).last == .prompt("1 to 1, or your own words:"))
    }

    @Test("--approve does not guess where no option says that it allows")
    func unclear() {
        let options = ["Left", "Right"].map { Question.Option(label: $0, description: "") }
        let odd = Self.approval(
            "p",
            .permission,
            [Question(question: "?", header: "", options: options, multiSelect: false)]
        )
        #expect(ApprovalChoice.allowing(odd) == nil)
        #expect(ApprovalChoice.refusing(odd) == ["?": "No"])
    }

    @Test("--deny refuses permissions and declines questions")
    func deny() {
        var dialogue = ApprovalDialogue(.deny)
        #expect(dialogue.handle(.asked(Self.permission())).last == .answer("p1", ["Allow: rm?": "Reject"]))
        #expect(dialogue.handle(.asked(Self.question(["A"]))).last == .answer("q1", [:]))
    }

    @Test("what is asked cannot write to the terminal")
    func harmless() {
        let question = Question(question: "\u{1B}[2J?", header: "", options: [], multiSelect: false)
        var dialogue = ApprovalDialogue(.ask)
        let effects = dialogue.handle(.asked(Self.approval("q", .question, [question])))
        #expect(effects.first == .say("? ␛[2J?", .yellow))
    }
}

extension ApprovalDialogue.Effect {
    fileprivate var isAnswer: Bool {
        if case .answer = self { return true }
        return false
    }
}
