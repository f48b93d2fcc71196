import JSONText
import OctobotAPI
import OctobotModel
import Testing

@Suite("Schema keywords")
struct SchemaValidationTests {
    private func problem(_ schema: JSONSchema, _ value: JSONValue, _ mode: JSONSchema.Mode = .strict) -> String? {
        do {
            try schema.validate(value, mode: mode)
            return nil
        } catch {
            let details = [error.details["pointer"], error.details["rule"], error.details["got"]]
            return details.map { $0?.stringValue ?? "?" }.joined(separator: " ")
        }
    }

    @Test("types are told apart, whole numbers are integers however they are written")
    func types() {
        #expect(problem(.boolean, 0) == " type integer")
        #expect(problem(.integer(0...9), true) == " type boolean")
        #expect(problem(.integer(0...9), 3.0) == nil)
        #expect(problem(.integer(0...9), 3.5) == " type number")
        #expect(problem(.integer(0...9), .number(1e300)) == " type number")
        #expect(problem(.number, 3) == nil)
        #expect(problem(.string, .null) == " type null")
        #expect(problem(.any, .null) == nil)
        #expect(problem(.array(of: .any), [:]) == " type object")
        #expect(problem(.map(to: .any), []) == " type array")
    }

    @Test("limits of integers and of lengths are inclusive")
    func limits() {
        #expect(problem(.integer(-1...2), -1) == nil)
        #expect(problem(.integer(-1...2), 2) == nil)
        #expect(problem(.integer(-1...2), -2) == " minimum -2")
        #expect(problem(.integer(-1...2), 3) == " maximum 3")
        #expect(problem(.string(1...3), "abc") == nil)
        #expect(problem(.string(1...3), "") == " minLength 0 characters")
        #expect(problem(.string(1...3), "abcd") == " maxLength 4 characters")
        #expect(problem(.array(of: .any, count: 1...2), []) == " minItems 0 elements")
        #expect(problem(.array(of: .any, count: 1...2), [1, 2, 3]) == " maxItems 3 elements")
    }

    @Test("characters are Unicode scalars, bytes are UTF-8")
    func characters() {
        #expect(problem(.string(1...2), "𝄞é") == nil)
        #expect(problem(.string(1...2), "e\u{301}x") == " maxLength 3 characters")
        #expect(problem(.bytes(1...4), "𝄞") == nil)
        #expect(problem(.bytes(1...4), "𝄞a") == " maxLength 5 bytes")
        #expect(problem(.bytes(0...4), "") == nil)
    }

    @Test("enums, constants, patterns and formats")
    func texts() {
        #expect(problem(.enumeration(of: Reasoning.self), "enabled") == nil)
        #expect(problem(.enumeration(of: Reasoning.self), "Enabled") == " enum Enabled")
        #expect(problem(JSONSchema(.constant("ok")), "ok") == nil)
        #expect(problem(JSONSchema(.constant("ok")), "no") == " const string")
        #expect(problem(.newSessionID, "a-1") == nil)
        #expect(problem(.newSessionID, "-a") == " pattern -a")
        #expect(problem(.timestamp, "2026-01-02T03:04:05.678Z") == nil)
        #expect(problem(.timestamp, "yesterday") == " format yesterday")
        #expect(problem(JSONSchema(.string(.init(format: .uri))), "http://127.0.0.1:3001") == nil)
        #expect(problem(JSONSchema(.string(.init(format: .uri))), "127.0.0.1") == " format 127.0.0.1")
    }

    @Test("an enum that was nearly met is suggested")
    func enumSuggestion() {
        let fault = #expect(throws: Fault.self) {
            try JSONSchema.enumeration(of: Reasoning.self).validate("enabeld", mode: .strict)
        }
        #expect(fault?.hint == "Did you mean 'enabled'?")
    }

    @Test("null is a value only where the schema says so")
    func nullable() {
        #expect(problem(.nullable(.string(1...3)), .null) == nil)
        #expect(problem(.nullable(.string(1...3)), "") == " minLength 0 characters")
        #expect(problem(.nullable(.string(1...3)), 1) == " type integer")
    }

    @Test("alternatives are told apart by type or by their tag")
    func alternatives() {
        #expect(problem(CallID.schema, 7) == nil)
        #expect(problem(CallID.schema, "seven") == nil)
        #expect(problem(CallID.schema, true) == " type boolean")
        #expect(problem(StartPosition.schema, ["type": "now"]) == nil)
        #expect(problem(StartPosition.schema, ["type": "cursor"]) == "/cursor required nothing")
        #expect(problem(StartPosition.schema, ["type": "now", "cursor": "x"]) == "/cursor additionalProperties cursor")
        #expect(problem(StartPosition.schema, ["type": "later"]) == "/type enum later")
        #expect(problem(StartPosition.schema, [:]) == "/type required nothing")
        #expect(problem(StartPosition.withoutSnapshot, ["type": "snapshot"]) == "/type enum snapshot")
    }

    @Test("unknown members: refused in params, allowed in what may grow, refused in what we send ourselves")
    func openness() {
        let closed = JSONSchema.parameters(.optional("a", .any, "A."))
        let growing = JSONSchema.record(.optional("a", .any, "A."))
        let open = JSONSchema.open(.optional("a", .any, "A."))
        let value: JSONValue = ["b": 1]
        #expect(problem(closed, value) == "/b additionalProperties b")
        #expect(problem(growing, value) == nil)
        #expect(problem(open, value) == nil)
        #expect(problem(closed, value, .ignoringUnknown) == nil)
        #expect(problem(closed, value, .exact) == "/b additionalProperties b")
        #expect(problem(growing, value, .exact) == "/b additionalProperties b")
        #expect(problem(open, value, .exact) == nil)
    }

    @Test("the place is named through objects, arrays and maps")
    func places() {
        let inner = JSONSchema.parameters(.required("x", .integer(0...1), "X."))
        let schema = JSONSchema.parameters(
            .required("list", .array(of: inner), "L."),
            .required("map", .map(to: inner), "M.")
        )
        #expect(problem(schema, ["list": [["x": 0], ["x": 2]], "map": [:]]) == "/list/1/x maximum 2")
        #expect(problem(schema, ["list": [], "map": ["k": ["x": "0"]]]) == "/map/k/x type string")
        #expect(problem(schema, ["list": []]) == "/map required nothing")
    }

    @Test("_meta is checked like everything else and only added to objects")
    func meta() {
        let schema = Empty.schema.acceptingMeta()
        #expect(problem(schema, [:]) == nil)
        #expect(problem(schema, ["_meta": ["idempotencyKey": "k", "timeoutMs": 5, "progress": true]]) == nil)
        #expect(problem(schema, ["_meta": ["timeoutMs": 0]]) == "/_meta/timeoutMs minimum 0")
        #expect(problem(schema, ["_meta": ["wish": 1]]) == "/_meta/wish additionalProperties wish")
        #expect(problem(schema, ["_meta": ["idempotencyKey": ""]]) == "/_meta/idempotencyKey minLength 0 characters")
        #expect(problem(JSONSchema.string.acceptingMeta(), "x") == nil)
    }
}
