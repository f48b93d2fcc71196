import AgentClientProtocol
import JSONText
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

@Suite("Questions")
struct QuestionFormTests {
    private func request(_ options: [PermissionRequest.Option], kind: String? = nil) -> PermissionRequest {
        PermissionRequest(sessionID: "s", toolCall: .init(id: "c", title: "rm", kind: kind), options: options)
    }

    static let usual: [PermissionRequest.Option] = [
        .init(id: "always", name: "Always", kind: .allowAlways), .init(id: "once", name: "Allow", kind: .allowOnce),
        .init(id: "no", name: "Reject", kind: .rejectOnce),
    ]

    @Test("policy auto allows once, and never answers what is a question")
    func automatic() {
        #expect(PermissionForm.automatic(request(Self.usual))?.id == "once")
        #expect(PermissionForm.automatic(request([Self.usual[0]]))?.id == "always")
        #expect(PermissionForm.automatic(request(Self.usual, kind: "switch_mode")) == nil)
        #expect(PermissionForm.automatic(request([Self.usual[2]])) == nil)
        #expect(PermissionForm.automatic(request([Self.usual[1], .init(id: "b", name: "B", kind: .allowOnce)])) == nil)
        var marked = request(Self.usual)
        marked.carriesQuestions = true
        #expect(PermissionForm.automatic(marked) == nil)
    }

    @Test(
        "a label chooses its option, anything else refuses",
        arguments: [
            ("Allow", PermissionForm.Decision.select(optionID: "once", allows: true)),
            ("Always", .select(optionID: "always", allows: true)), ("Reject", .select(optionID: "no", allows: false)),
            ("do something else", .select(optionID: "no", allows: false)),
        ]
    )
    func decision(answer: String, expected: PermissionForm.Decision) {
        let form = PermissionForm(request(Self.usual), title: "rm", details: "all of it")
        #expect(form.questions.map(\.question) == ["Allow: rm?\n\nall of it"])
        #expect(form.decision([form.questions[0].question: answer]) == expected)
    }

    @Test("equal labels are made distinct")
    func labels() {
        #expect(PermissionForm.labels(["Yes", "Yes", "No", "Yes"]) == ["Yes", "Yes (2)", "No", "Yes (3)"])
    }

    private var form: ElicitationForm {
        ElicitationForm(
            Elicitation(
                sessionID: "s",
                message: "m",
                properties: [
                    .init(
                        key: "db",
                        schema: [
                            "type": "string", "title": "Database", "oneOf": [["const": "pg", "title": "Postgres"]],
                        ]
                    ),
                    .init(key: "db_custom", schema: ["type": "string"]),
                    .init(
                        key: "many",
                        schema: [
                            "type": "array", "title": "Many", "items": ["type": "string", "enum": ["a", "a, b", "c"]],
                        ]
                    ),
                    .init(key: "sure", schema: ["type": "boolean", "description": "Sure?"]),
                    .init(key: "n", schema: ["type": "integer", "title": "N"]),
                ],
                required: ["db"]
            )
        )
    }

    @Test("a form becomes questions, companions hidden")
    func questions() {
        #expect(form.questions.map(\.question) == ["Database", "Many", "Sure?", "N"])
        #expect(form.questions.map(\.multiSelect) == [false, true, false, false])
        #expect(form.questions[2].options.map(\.label) == ["Yes", "No"])
    }

    @Test("answers go back as values")
    func answers() throws {
        let outcome = try form.outcome(["Database": "Postgres", "Many": "a, b, c", "Sure?": "No", "N": "7"])
        #expect(outcome == .accept(["db": "pg", "many": ["a, b", "c"], "sure": false, "n": 7]))
        #expect(try form.outcome(["Database": "MySQL"]) == .accept(["db_custom": "MySQL"]))
        #expect(try form.outcome([:]) == .decline)
    }

    @Test(
        "what is required or mistyped is refused",
        arguments: [["N": "7"], ["Database": "x", "N": "seven"], ["Database": "x", "Sure?": "maybe"]]
    )
    func mismatch(answers: [String: String]) {
        #expect(throws: ElicitationForm.Mismatch.self) { try form.outcome(answers) }
    }

    @Test("several questions wait at once, the oldest is shown first")
    func desk() async {
        let desk = QuestionDesk()
        for id in ["a", "b"] {
            desk.post(PendingQuestion(toolUseID: id, questions: []), check: { $0.isEmpty ? "empty" : nil })
        }
        #expect(desk.state(of: nil).question?.toolUseID == "a")
        #expect(desk.answer("b", [:]) == .refused("empty"))
        #expect(desk.answer("b", ["q": "1"]) == .taken)
        #expect(desk.answer("b", ["q": "2"]) == .unknown)
        #expect(desk.answer("c", ["q": "2"]) == .unknown)
        #expect(await desk.ending(of: "b") == .answered(["q": "1"]))
        #expect(desk.state(of: "b").status == .answered)
        desk.expire()
        #expect(await desk.ending(of: "a") == .expired)
        #expect(desk.state(of: "a").status == .expired)
        #expect(desk.state(of: nil).question == nil)
    }

    @Test("a wait that is cancelled expires its question")
    func cancelledWait() async {
        let desk = QuestionDesk()
        desk.post(PendingQuestion(toolUseID: "a", questions: []))
        let wait = Task { await desk.ending(of: "a") }
        wait.cancel()
        #expect(await wait.value == .expired)
        #expect(desk.answer("a", ["q": "1"]) == .unknown)
    }
}
