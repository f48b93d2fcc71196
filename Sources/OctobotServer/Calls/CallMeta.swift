import JSONText

/// The `_meta` member of params (rpc.md §3), after the schema has accepted it.
struct CallMeta: Sendable {
    var idempotencyKey: String?
    var timeout: Duration?
    var traceparent: String?

    /// Of a call that says nothing about itself.
    init() {}

    init(of params: JSONValue) {
        guard let meta = params["_meta"] else { return }
        idempotencyKey = meta["idempotencyKey"]?.stringValue
        timeout = meta["timeoutMs"]?.integerValue.map { .milliseconds($0) }
        traceparent = meta["traceparent"]?.stringValue
    }
}
