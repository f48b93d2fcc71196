import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer
import Testing

@Suite("Bad input", .timeLimit(.minutes(1)))
struct BadInputTests {
    @Test("params nobody should send never reach a service", arguments: Operations.all.map(\.name))
    func neverReached(name: String) async throws {
        let operation = try #require(Operations.named(name))
        let table = OperationTable.forTests()
        let notes = Notes()
        table.bindExamples(notes)
        let good = operation.exampleParams.objectValue ?? [:]
        for (members, pointer) in Self.cases(good, operation.parameters) {
            let bytes = JSONValue.object(members).serialized()
            let fault =
                operation.stream == nil
                ? await table.call(name, params: bytes, call: .test).fault
                : await table.open(name, params: bytes, call: .test).fault
            #expect(fault?.kind == .invalidParams, "\(name) \(pointer)")
            #expect(fault?.details["pointer"]?.stringValue?.hasPrefix(pointer) == true, "\(name) \(pointer)")
        }
        #expect(notes.all.isEmpty)
        let bytes = JSONValue.object(good).serialized()
        if operation.stream == nil {
            #expect(await table.call(name, params: bytes, call: .test).fault == nil)
        } else {
            #expect(await table.open(name, params: bytes, call: .test).fault == nil)
        }
        #expect(notes.all == [name])
    }

    private static func cases(
        _ good: [String: JSONValue],
        _ parameters: [JSONSchema.Member]
    ) -> [([String: JSONValue], String)] {
        var cases: [([String: JSONValue], String)] = [
            (good.merging(["noSuchMember": 1]) { $1 }, "/noSuchMember"),
            (good.merging(["_meta": 1]) { $1 }, "/_meta"),
            (good.merging(["_meta": ["timeoutMs": -1]]) { $1 }, "/_meta/timeoutMs"),
        ]
        for member in parameters where member.name != "_meta" {
            let pointer = "/\(member.name)"
            for wrong in [[[[]]], .number(1.5)] as [JSONValue] {
                cases.append((good.merging([member.name: wrong]) { $1 }, pointer))
            }
            if member.isRequired { cases.append((good.filter { $0.key != member.name }, pointer)) }
            if member.name.hasSuffix("Id") {
                let huge = JSONValue.string(String(repeating: "x", count: 1 << 20))
                cases.append((good.merging([member.name: ""]) { $1 }, pointer))
                cases.append((good.merging([member.name: huge]) { $1 }, pointer))
            }
        }
        return cases
    }
}
