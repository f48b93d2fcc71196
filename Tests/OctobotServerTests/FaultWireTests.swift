import JSONRPC
import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer
import Testing

@Suite("Faults on the wire")
struct FaultWireTests {
    @Test("a fault means the same at both edges", arguments: FaultKind.allCases)
    func bothEdges(kind: FaultKind) throws {
        let fault = Fault(
            kind,
            "What happened.",
            reason: "session.busy",
            details: ["state": "running"],
            hint: "Wait.",
            retryAfterMilliseconds: 5
        )
        let error = fault.rpcError(requestID: "r1")
        #expect(error.code == kind.wire.code)
        #expect(
            error.data == [
                "type": .string(kind.rawValue), "retryable": .bool(kind.wire.isRetryable), "requestId": "r1",
                "details": ["state": "running", "reason": "session.busy"], "hint": "Wait.", "retryAfterMs": 5,
            ]
        )
        var body: [String: JSONValue] = [
            "error": "What happened.", "code": .string(kind.rawValue), "requestId": "r1", "hint": "Wait.",
            "details": ["state": "running", "reason": "session.busy"],
        ]
        if kind == .versionConflict {
            body["error"] = "conflict"
            body["message"] = "What happened."
        }
        #expect(fault.restBody(requestID: "r1") == .object(body))
        try TrafficValidator().check(error: error.json, of: nil)
    }

    @Test("what is not known is left out")
    func bare() {
        let fault = Fault(.internalError, "x")
        #expect(fault.restBody(requestID: "r") == ["error": "x", "code": "Internal", "requestId": "r"])
        #expect(fault.rpcError(requestID: "r").data == ["type": "Internal", "retryable": false, "requestId": "r"])
    }

    @Test("request ids are sixteen hexadecimal digits, each another one")
    func requestIDs() {
        let ids = (0..<200).map { _ in RequestID.make() }
        #expect(Set(ids).count == ids.count)
        for id in ids { #expect(id.wholeMatch(of: /[0-9a-f]{16}/) != nil) }
    }
}
