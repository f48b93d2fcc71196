/// A request that wants an answer.
package struct RPCCall: Sendable {
    package let id: RPCID
    package let method: String
    /// JSON text of an object; `{}` when the request had none.
    package let params: [UInt8]
    /// Whether it came inside a batch, where subscriptions are not possible (rpc.md §3).
    package let isInBatch: Bool

    package init(id: RPCID, method: String, params: [UInt8], isInBatch: Bool = false) {
        self.id = id
        self.method = method
        self.params = params
        self.isInBatch = isInBatch
    }
}

/// A request without an id: nobody waits for an answer (JSON-RPC 2.0 §4.1).
package struct RPCNotification: Sendable {
    package let method: String
    /// JSON text of an object; `{}` when the message had none.
    package let params: [UInt8]

    package init(method: String, params: [UInt8]) {
        self.method = method
        self.params = params
    }
}
