package import JSONRPCTransport

/// Where the daemon listens, and how to start it when it does not.
package struct DaemonEndpoint: Sendable {
    package var socketPath: String
    /// `nil`: a daemon that does not run is an error.
    package var starter: DaemonStarter?

    package init(socketPath: String, starter: DaemonStarter? = nil) {
        self.socketPath = socketPath
        self.starter = starter
    }

    /// As the daemon itself computes it from the same environment (rpc.md §2).
    package init(environment: [String: String], startsDaemon: Bool = true) throws(SocketPathError) {
        self.init(
            socketPath: try SocketPath.default(environment: environment),
            starter: startsDaemon ? DaemonStarter(environment: environment) : nil
        )
    }
}
