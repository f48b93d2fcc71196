import JSONText

/// What the protocol itself refuses, as rpc.md §7 lists it. Faults of operations are made elsewhere.
extension RPCError {
    package static let cancelledCode = -32800
    package static let parseErrorCode = -32700

    /// The text is no JSON we accept, or no message of the framing.
    package static func parseError(_ reason: String, offset: Int? = nil, hint: String? = nil) -> RPCError {
        let details: [String: JSONValue] = offset.map { ["offset": .integer(Int64($0))] } ?? [:]
        return make(
            parseErrorCode,
            "ParseError",
            "The message cannot be read: \(reason).",
            details: details,
            hint: hint
        )
    }

    /// The text is JSON but no call (JSON-RPC 2.0 §4).
    package static func invalidRequest(_ message: String, hint: String? = nil) -> RPCError {
        make(-32600, "InvalidRequest", message, hint: hint)
    }

    package static func methodNotFound(_ method: String) -> RPCError {
        make(-32601, "MethodNotFound", "There is no method \u{201C}\(method.prefix(128))\u{201D}.")
    }

    package static func invalidParams(_ message: String, pointer: String = "", rule: String = "type") -> RPCError {
        make(-32602, "InvalidParams", message, details: ["pointer": .string(pointer), "rule": .string(rule)])
    }

    package static func internalError() -> RPCError {
        make(-32603, "Internal", "Something went wrong here; it has been logged.")
    }

    package static func cancelled() -> RPCError {
        make(cancelledCode, "Cancelled", "The call was cancelled.")
    }

    package static func deniedPeer(uid: UInt32) -> RPCError {
        make(1002, "PermissionDenied", "User \(uid) is not served on this socket.")
    }

    /// Too many calls are open on the connection.
    package static func overloaded(limit: Int) -> RPCError {
        make(
            1201,
            "Overloaded",
            "\(limit) calls are open on this connection; no more are taken.",
            isRetryable: true,
            details: ["limit": .integer(Int64(limit))],
            hint: "Wait for answers before sending more."
        )
    }

    package static func shuttingDown() -> RPCError {
        make(1204, "ShuttingDown", "The daemon is stopping and takes no new calls.", isRetryable: true)
    }

    package static func requestTooLarge(limit: Int) -> RPCError {
        make(
            1301,
            "RequestTooLarge",
            "The message is larger than the \(limit) bytes allowed.",
            details: ["limit": .integer(Int64(limit))]
        )
    }

    package static func tooManyConnections(limit: Int) -> RPCError {
        make(
            1305,
            "TooManyConnections",
            "\(limit) connections are open; no more are taken.",
            isRetryable: true,
            details: ["limit": .integer(Int64(limit))]
        )
    }

    private static func make(
        _ code: Int,
        _ type: String,
        _ message: String,
        isRetryable: Bool = false,
        details: [String: JSONValue] = [:],
        hint: String? = nil
    ) -> RPCError {
        let number = String(UInt64.random(in: .min ... .max), radix: 16)
        var data: [String: JSONValue] = [
            "type": .string(type), "retryable": .bool(isRetryable),
            "requestId": .string(String(repeating: "0", count: 16 - number.count) + number),
        ]
        if !details.isEmpty { data["details"] = .object(details) }
        data["hint"] = hint.map { .string($0) }
        return RPCError(code: code, message: message, data: .object(data))
    }
}
