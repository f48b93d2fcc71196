import JSONText
import OctobotAPI
import Testing

@Suite("_meta of results", .timeLimit(.minutes(1)))
struct ResultMetaTests {
    private let validator = TrafficValidator()

    @Test(
        "an operation that remembers its calls may mark its result",
        arguments: [
            "session.create", "session.commit", "workspace.create", "agent.create", "chat.send", "approval.answer",
        ]
    )
    func marked(name: String) throws {
        let operation = try #require(Operations.all.first { $0.name == name })
        var members = try #require(operation.exampleResult.objectValue)
        try validator.check(result: .object(members), of: name)
        members["_meta"] = ["replayed": true]
        try validator.check(result: .object(members), of: name)
        #expect(throws: TrafficValidator.Violation.self) {
            members["_meta"] = ["replayed": "yes"]
            try validator.check(result: .object(members), of: name)
        }
        #expect(throws: TrafficValidator.Violation.self) {
            members["_meta"] = ["other": true]
            try validator.check(result: .object(members), of: name)
        }
        members["_meta"] = nil
        members["_mate"] = [:]
        #expect(throws: TrafficValidator.Violation.self) { try validator.check(result: .object(members), of: name) }
        let schema = operation.answerSchema.document
        #expect(schema["allOf"]?[0] == operation.resultSchema.document)
        #expect(
            schema["allOf"]?[1]?["properties"]?["_meta"]?["$ref"] == "#/components/schemas/ResultMeta"
        )
    }

    @Test("no other may")
    func unmarked() throws {
        let operation = try #require(Operations.all.first { $0.name == "session.get" })
        var members = try #require(operation.exampleResult.objectValue)
        members["_meta"] = ["replayed": true]
        #expect(throws: TrafficValidator.Violation.self) {
            try validator.check(result: .object(members), of: "session.get")
        }
    }
}
