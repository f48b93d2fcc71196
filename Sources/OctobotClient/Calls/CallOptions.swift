import JSONText

/// What a call says beside its params: the members of `_meta` (rpc.md §3).
package struct CallOptions: Sendable {
    /// The same key and params give the same result, whenever they come.
    package var idempotencyKey: String?
    /// After which the daemon gives up.
    package var timeout: Duration?
    /// W3C Trace Context.
    package var traceparent: String?

    package init(idempotencyKey: String? = nil, timeout: Duration? = nil, traceparent: String? = nil) {
        self.idempotencyKey = idempotencyKey
        self.timeout = timeout
        self.traceparent = traceparent
    }

    /// `params`, an object, with these options in it.
    func applied(to params: [UInt8]) throws -> [UInt8] {
        var meta: [String: JSONValue] = [:]
        meta["idempotencyKey"] = idempotencyKey.map { .string($0) }
        meta["timeoutMs"] = timeout.map { .integer(max(1, Int64($0 / .milliseconds(1)))) }
        meta["traceparent"] = traceparent.map { .string($0) }
        guard !meta.isEmpty, case .object(var members) = try JSONValue(parsing: params) else { return params }
        members["_meta"] = .object(meta)
        return JSONValue.object(members).serialized()
    }
}
