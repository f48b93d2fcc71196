import Foundation
package import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The only way out of local sandboxes: an HTTP proxy on a unix socket that all of them see (decision 11).
///
/// It knows CONNECT and the absolute form of `http` requests. The socket's folder is mounted, not the socket, so that
/// sandboxes which outlive the daemon find the next daemon's proxy at the same place.
package struct EgressProxy: Sendable {
    /// What one connection and all of them may take.
    struct Limits: Sendable {
        /// From the connection to the end of the request's head.
        var head = TimeAmount.seconds(30)
        /// For each address of a target.
        var connect = TimeAmount.seconds(10)
        /// Without a byte in either direction.
        var idle = TimeAmount.minutes(15)
        var connections = 1024
    }

    private let folder: String
    private let rules: EgressRules
    private let logger: Logger
    var limits = Limits()

    /// - Parameter folder: ``LocalConfiguration/egressFolder(stateFolder:)``; it is made when it is missing.
    package init(folder: String, rules: EgressRules, logger: Logger) {
        self.folder = folder
        self.rules = rules
        self.logger = logger
    }

    /// Where it listens.
    package var socketPath: String { folder + "/proxy.sock" }

    /// Serves until the task is cancelled, then closes every connection.
    ///
    /// - Parameter ready: Called once when connections are accepted.
    package func run(ready: @escaping @Sendable () -> Void = {}) async throws {
        try Self.makeFolder(folder)
        let connections = Connections(limit: limits.connections)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { [rules, limits, logger] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.admit(channel) else { throw ChannelError.operationUnsupported }
                    try channel.pipeline.syncOperations.addHandlers([
                        IdleStateHandler(allTimeout: limits.idle), IdleCloser(),
                        EgressConnection(rules: rules, limits: limits, logger: logger),
                    ])
                }
            }
            .bind(unixDomainSocketPath: socketPath, cleanupExistingSocketFile: true)
            .get()
        chmod(socketPath, SandboxUser.ofRootDaemon == nil ? 0o600 : 0o666)
        ready()
        await withTaskCancellationHandler {
            // It ends by being closed, whoever closes it.
            do { try await server.closeFuture.get() } catch { return }
        } onCancel: {
            server.close(promise: nil)
        }
        connections.closeAll()
        try Task.checkCancellation()
    }

    /// Makes the folder of the socket.
    ///
    /// A root daemon's sandboxes are another user's, so folder and socket admit everybody; others are kept out by the
    /// state folder around them.
    static func makeFolder(_ path: String) throws(SandboxError) {
        try FolderTree.make(path)
        if SandboxUser.ofRootDaemon != nil { chmod(path, 0o711) }
    }

    /// The connections that are open.
    private final class Connections: Sendable {
        private let limit: Int
        private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

        init(limit: Int) { self.limit = limit }

        /// Counts a connection until it is closed; `false` when there are too many.
        func admit(_ channel: any Channel) -> Bool {
            let key = ObjectIdentifier(channel)
            let isAdmitted = open.withLock { open in
                guard open.count < limit else { return false }
                open[key] = channel
                return true
            }
            if isAdmitted { channel.closeFuture.whenComplete { _ in self.forget(key) } }
            return isAdmitted
        }

        private func forget(_ key: ObjectIdentifier) {
            _ = open.withLock { $0.removeValue(forKey: key) }
        }

        func closeAll() {
            for channel in open.withLock({ Array($0.values) }) { channel.close(promise: nil) }
        }
    }

    /// Closes a connection over which nothing has gone for too long.
    private final class IdleCloser: ChannelInboundHandler {
        typealias InboundIn = NIOAny

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is IdleStateHandler.IdleStateEvent { return context.close(promise: nil) }
            context.fireUserInboundEventTriggered(event)
        }
    }
}
