package import JSONRPC

/// The connection is gone, and with it what was asked over it: the effect may have happened.
package struct RPCConnectionClosed: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the other side said before it closed, when it did.
    package var reason: RPCError?

    package init(reason: RPCError? = nil) { self.reason = reason }

    package var description: String {
        if let reason { "the connection was closed: \(reason.message)" } else { "the connection was closed" }
    }
}
