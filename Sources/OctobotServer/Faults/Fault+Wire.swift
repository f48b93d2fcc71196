package import JSONRPC
package import JSONText
package import OctobotModel

extension Fault {
    /// The fault as the error member of a JSON-RPC answer (rpc.md §7).
    package func rpcError(requestID: String) -> RPCError {
        var data: [String: JSONValue] = [
            "type": .string(kind.rawValue), "retryable": .bool(kind.wire.isRetryable), "requestId": .string(requestID),
        ]
        data["retryAfterMs"] = retryAfterMilliseconds.map { .integer(Int64($0)) }
        data["details"] = wireDetails
        data["hint"] = hint.map { .string($0) }
        return RPCError(code: kind.wire.code, message: message, data: .object(data))
    }

    /// The fault as a REST body: what the stock client reads in `error`, then the stable symbol and the facts.
    package func restBody(requestID: String) -> JSONValue {
        var fault = self
        var body: [String: JSONValue] = [
            "error": .string(message), "code": .string(kind.rawValue), "requestId": .string(requestID),
        ]
        if kind == .versionConflict {
            // The one body whose `error` that client looks at (rest-api.md §1.7).
            body["error"] = "conflict"
            body["message"] = .string(message)
            body["currentContent"] = fault.details.removeValue(forKey: "currentContent")
        }
        body["details"] = fault.wireDetails
        body["hint"] = hint.map { .string($0) }
        return .object(body)
    }
}
