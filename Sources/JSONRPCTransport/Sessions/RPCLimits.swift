/// What one connection, and all of them, may do (rpc.md §8).
package struct RPCLimits: Sendable {
    /// The most bytes of an inbound message.
    package var messageBytes = 4 << 20
    /// Open calls of a connection, those that wait included.
    package var pendingCalls = 256
    package var runningCalls = 64
    package var batch = 100
    package var outboundMessages = 1024
    package var outboundBytes = 8 << 20
    /// How long writing may make no progress before the connection is closed.
    package var stall: Duration = .seconds(10)
    /// How long calls may take to end at a graceful stop.
    package var drain: Duration = .seconds(10)
    /// Connections of the daemon's own user and root.
    package var connections = 1024
    /// Connections of each other user.
    package var foreignConnections = 32

    package init() {}
}
