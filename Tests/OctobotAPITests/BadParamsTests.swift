import JSONText
import OctobotAPI
import OctobotModel
import Testing

/// Params nobody should send, made from the schema of every operation.
@Suite("Bad params", .timeLimit(.minutes(2)))
struct BadParamsTests {
    @Test("each place spoilt in turn is named with its rule", arguments: Operations.all.map(\.name))
    func everyPlace(name: String) throws {
        let operation = try #require(Operations.named(name))
        try operation.paramsSchema.validate(operation.paramsSchema.sample, mode: .strict)
        let cases = operation.paramsSchema.spoilt
        #expect(cases.count > 10)
        for spoilt in cases {
            let what = "\(name) \(spoilt.pointer) \(spoilt.rule)"
            do {
                try operation.paramsSchema.validate(spoilt.value, mode: .strict)
                Issue.record("\(what) was accepted: \(spoilt.value.serialized().count) bytes")
            } catch {
                #expect(error.kind == .invalidParams)
                #expect(error.details["pointer"] == .string(spoilt.pointer), "\(what): \(error)")
                #expect(error.details["rule"] == .string(spoilt.rule), "\(what): \(error)")
                #expect(error.details["expected"]?.stringValue != nil, "\(what)")
                #expect(error.details["got"]?.stringValue != nil, "\(what)")
                #expect(error.message.utf8.count < 2000, "\(what) echoes too much")
            }
        }
    }

    @Test("params that are no object are of the wrong type", arguments: Operations.all.map(\.name))
    func noObject(name: String) throws {
        let schema = try #require(Operations.named(name)).paramsSchema
        for value in [nil, [], "x", 1, true] as [JSONValue] {
            #expect(throws: Fault.self) { try schema.validate(value, mode: .strict) }
        }
    }

    @Test("a misspelt member is refused before a missing one, with the right spelling")
    func misspelt() throws {
        let schema = GetSession.Params.schema.acceptingMeta()
        let fault = #expect(throws: Fault.self) { try schema.validate(["sesionId": "s1"], mode: .strict) }
        #expect(fault?.details["pointer"] == "/sesionId")
        #expect(fault?.details["expected"] == "sessionId")
        #expect(fault?.hint == "Did you mean 'sessionId'?")
    }

    @Test("over HTTP unknown members are let through, but not another letter case")
    func ignoringUnknown() throws {
        let schema = SendChat.Params.schema.acceptingMeta()
        let good: JSONValue = [
            "sessionId": "s1", "text": "x", "extra": 1, "create": ["workspaceId": "w1", "trigger": "x"],
        ]
        try schema.validate(good, mode: .ignoringUnknown)
        let topmost: JSONValue = ["SessionID": "s1", "sessionId": "s1", "text": "x"]
        let nested: JSONValue = ["sessionId": "s1", "text": "x", "create": ["workspaceId": "w1", "AgentId": "a"]]
        for (value, pointer) in [(topmost, "/SessionID"), (nested, "/create/AgentId")] {
            let fault = #expect(throws: Fault.self) { try schema.validate(value, mode: .ignoringUnknown) }
            #expect(fault?.details["pointer"] == .string(pointer))
            #expect(fault?.details["rule"] == "additionalProperties")
        }
    }

    @Test("a huge unknown name is neither echoed nor compared at length")
    func hugeName() {
        let name = String(repeating: "x", count: 1 << 20)
        let fault = #expect(throws: Fault.self) {
            try GetJob.Params.schema.validate(.object([name: 1]), mode: .strict)
        }
        #expect((fault?.message.utf8.count ?? 0) < 500)
        #expect((fault?.details["pointer"]?.stringValue?.utf8.count ?? 0) < 500)
    }

    @Test("a name with slash or tilde is escaped in the pointer")
    func escapedPointer() {
        let fault = #expect(throws: Fault.self) {
            try AnswerApproval.Params.schema.validate(["approvalId": "p", "answers": ["a/b~c": 1]], mode: .strict)
        }
        #expect(fault?.details["pointer"] == "/answers/a~1b~0c")
    }
}
