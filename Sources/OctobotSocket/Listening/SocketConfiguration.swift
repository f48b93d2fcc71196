package import JSONRPCTransport
package import OctobotAPI

/// How the socket is served.
package struct SocketConfiguration: Sendable {
    package var endpoint: RPCListener.Endpoint
    /// As announced by `rpc.hello` (rpc.md §8).
    package var limits = ConnectionLimits()
    /// How many connections the other users of the socket's group may have, each of them.
    package var foreignConnections = 32
    /// Whether others than this user and root are served: whoever the mode of the socket lets in (rpc.md §9).
    ///
    /// They are the local user too, since login is not built yet. On where the endpoint names a socket group.
    package var admitsGroup: Bool
    /// Of the daemon.
    package var version: String
    /// Tells this run of the daemon from every other.
    package var instance: String
    /// Where the HTTP gateway listens, when it does.
    package var gateway: @Sendable () -> String?
    /// How long running calls may take to end at a graceful stop.
    package var drain: Duration = .seconds(10)
    /// Where connections are counted, perhaps with those of other listeners.
    package var census = ConnectionCensus()

    package init(
        endpoint: RPCListener.Endpoint,
        version: String,
        instance: String,
        gateway: @escaping @Sendable () -> String? = { nil }
    ) {
        self.endpoint = endpoint
        if case .path(_, group: .some) = endpoint { admitsGroup = true } else { admitsGroup = false }
        self.version = version
        self.instance = instance
        self.gateway = gateway
    }

    /// The limits the transport keeps.
    var transportLimits: RPCLimits {
        var limits = RPCLimits()
        limits.messageBytes = self.limits.messageBytes
        limits.pendingCalls = self.limits.pendingCalls
        limits.runningCalls = self.limits.runningCalls
        limits.outboundMessages = self.limits.outboundMessages
        limits.outboundBytes = self.limits.outboundBytes
        limits.batch = self.limits.batch
        limits.stall = .seconds(self.limits.stallSeconds)
        limits.drain = drain
        limits.connections = self.limits.connections
        limits.foreignConnections = foreignConnections
        return limits
    }
}
