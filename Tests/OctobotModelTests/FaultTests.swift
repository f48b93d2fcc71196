import JSONText
import OctobotModel
import Testing

@Suite("Faults")
struct FaultTests {
    /// rpc.md §7, line by line.
    private static let table: [(String, Int, Int, Int32)] = [
        ("ParseError", -32700, 400, 70),
        ("InvalidRequest", -32600, 400, 70),
        ("MethodNotFound", -32601, 404, 64),
        ("InvalidParams", -32602, 400, 64),
        ("Internal", -32603, 500, 70),
        ("Cancelled", -32800, 499, 130),
        ("Unauthenticated", 1001, 401, 77),
        ("PermissionDenied", 1002, 403, 77),
        ("NotFound", 1101, 404, 3),
        ("AlreadyExists", 1102, 409, 4),
        ("VersionConflict", 1103, 409, 4),
        ("InvalidState", 1104, 409, 4),
        ("IdempotencyConflict", 1105, 409, 4),
        ("Overloaded", 1201, 503, 75),
        ("RateLimited", 1202, 429, 75),
        ("DeadlineExceeded", 1203, 504, 5),
        ("ShuttingDown", 1204, 503, 75),
        ("UpstreamFailed", 1205, 502, 69),
        ("Unavailable", 1206, 503, 69),
        ("RequestTooLarge", 1301, 413, 64),
        ("ResponseTooLarge", 1302, 507, 6),
        ("TooManySubscriptions", 1304, 429, 75),
        ("TooManyConnections", 1305, 503, 75),
        ("CursorExpired", 1401, 410, 7),
        ("CursorInvalid", 1402, 400, 64),
        ("SubscriptionNotFound", 1403, 404, 3),
        ("UnsupportedProtocol", 1501, 400, 76),
    ]

    @Test("the table of kinds is that of the protocol, line by line")
    func wireTable() {
        let actual = FaultKind.allCases.map { "\($0.rawValue) \($0.wire.code) \($0.wire.status) \($0.wire.exit)" }
        #expect(actual == Self.table.map { "\($0.0) \($0.1) \($0.2) \($0.3)" })
    }

    @Test("a code names one kind, and an unknown one none")
    func codes() {
        for kind in FaultKind.allCases { #expect(FaultKind(code: kind.wire.code) == kind) }
        #expect(FaultKind(code: 0) == nil)
        #expect(FaultKind(code: -32099) == nil)
    }

    @Test("our own codes stay out of the block JSON-RPC reserves")
    func reservedBlock() {
        let standard: Set<Int> = [-32700, -32600, -32601, -32602, -32603]
        for kind in FaultKind.allCases where !standard.contains(kind.wire.code) {
            #expect(!(-32768 ... -32000).contains(kind.wire.code) || kind == .cancelled)
        }
    }

    @Test("the reason travels with the details, and nothing is sent when there is nothing to say")
    func details() {
        #expect(Fault(.internalError, "x").wireDetails == nil)
        let busy = Fault.invalidState("Busy.", reason: "session.busy", state: "running", allowed: ["ready"])
        #expect(busy.wireDetails == ["state": "running", "allowed": ["ready"], "reason": "session.busy"])
        let rule = Fault.invalidParams("No.", pointer: "/a", rule: "type", expected: "string", got: "null")
        #expect(rule.wireDetails == ["pointer": "/a", "rule": "type", "expected": "string", "got": "null"])
        #expect(Fault.notFound("session", "s1").wireDetails == ["resource": "session", "id": "s1"])
        #expect(Fault.unavailable("git", "No git.").wireDetails == ["component": "git"])
    }
}
