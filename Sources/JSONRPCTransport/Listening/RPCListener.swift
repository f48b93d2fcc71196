import Glibc
import JSONRPC
package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle

/// Serves JSON-RPC on a unix socket (rpc.md §2, §8–§10).
///
/// It is bound first, so that its state is known before anything else starts, and takes connections while ``run()`` runs.
/// Its graceful end takes no more, lets calls finish and subscriptions end, and closes.
package struct RPCListener: Service {
    /// Where connections come from.
    package enum Endpoint: Sendable {
        /// A socket we make; members of `group` may connect besides its owner.
        case path(String, group: String? = nil)
        /// A listening socket that was handed over; the listener owns it from now on.
        case descriptor(Int32)
    }

    package struct Configuration: Sendable {
        package var endpoint: Endpoint
        package var limits = RPCLimits()
        /// Methods that are answered from their bytes, such as `rpc.ping`.
        package var inline: [String: InlineResponder] = [:]
        /// Whether users other than the daemon's own and root are served.
        package var admitsForeign: Bool
        /// What a client of another protocol is told, such as where the HTTP gateway listens.
        package var wrongProtocolHint: String?
        /// Where connections are counted.
        package var census = ConnectionCensus()

        package init(endpoint: Endpoint) {
            self.endpoint = endpoint
            if case .path(_, group: .some) = endpoint { admitsForeign = true } else { admitsForeign = false }
        }
    }

    /// The path of the socket; `nil` for one that was handed over.
    package let path: String?
    /// Shuts the listener without losing anybody.
    package let gate: AcceptGate

    private let server: any Channel
    private let file: SocketFile?
    private let registry: ConnectionRegistry

    /// Listens, but serves nobody yet: connections wait in the backlog.
    package static func bind(
        _ configuration: Configuration,
        group: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup,
        logger: Logger,
        accept: @escaping AcceptConnection
    ) async throws(RPCListenError) -> RPCListener {
        var file: SocketFile?
        let descriptor: Int32
        switch configuration.endpoint {
        case .path(let path, let group):
            let made = try SocketFile.listen(at: path, group: group)
            file = made
            descriptor = made.descriptor
        case .descriptor(let given):
            try check(given)
            descriptor = given
        }
        let registry = ConnectionRegistry(limits: configuration.limits, owner: geteuid())
        var options = ConnectionOptions()
        options.limits = configuration.limits
        options.inline = InlineTable(configuration.inline)
        options.wrongProtocolHint = configuration.wrongProtocolHint
        let admitsForeign = configuration.admitsForeign
        let gate = AcceptGate(descriptor: descriptor, census: configuration.census)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try gate.install(in: channel) }
            }
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 32 << 10, high: 128 << 10))
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 4096, initial: 16384, maximum: 1 << 20)
            )
            .childChannelInitializer { [options] channel in
                PeerCredentials.of(channel).flatMapThrowing { peer in
                    let connection = RPCConnection(channel: channel, peer: peer, options: options, logger: logger)
                    let handler = ConnectionHandler(connection: connection, onGone: registry.remove) {
                        connection throws(RPCError) in
                        let isForeign = peer.uid != geteuid() && peer.uid != 0
                        if isForeign, !admitsForeign { throw .deniedPeer(uid: peer.uid) }
                        try registry.add(connection)
                        return try accept(connection)
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        do {
            let server = try await bootstrap.withBoundSocket(descriptor).get()
            // NIO has called listen with its own backlog, 128, which would refuse bursts.
            _ = Glibc.listen(descriptor, 4096)
            return RPCListener(path: file?.path, gate: gate, server: server, file: file, registry: registry)
        } catch {
            _ = Glibc.close(descriptor)
            file?.remove()
            throw .descriptor(descriptor, reason: "\(error)")
        }
    }

    /// How many connections are open.
    package var connectionCount: Int { registry.count }

    package func run() async throws {
        defer { file?.remove() }
        try await gate.open()
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await ended()
            } onGracefulShutdown: {
                let registry = registry
                server.close().whenComplete { _ in
                    for connection in registry.drain() { connection.drain() }
                }
            }
        } onCancel: {
            server.close(promise: nil)
            for connection in registry.drain() { connection.channel.close(promise: nil) }
        }
    }

    /// Closes without ever having served, for a start that failed elsewhere.
    package func close() async {
        do {
            try await server.close().get()
        } catch {
            // It was closed already.
        }
        file?.remove()
    }

    /// An inline answer that is always the same, for calls without params; others go the ordinary way.
    package static func constant(_ result: [UInt8]) -> InlineResponder {
        { params in params.count == 2 ? result : nil }
    }

    private func ended() async {
        do {
            try await server.closeFuture.get()
        } catch {
            // Closed is closed.
        }
        for connection in registry.drain() { await connection.closed() }
    }

    private static func check(_ descriptor: Int32) throws(RPCListenError) {
        var family: Int32 = 0
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0,
            getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0
        else { throw .descriptor(descriptor, reason: String(cString: strerror(errno))) }
        guard family == AF_UNIX, isListening != 0 else {
            throw .descriptor(descriptor, reason: "it is no listening unix socket")
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
}

extension RPCConnection {
    /// Begins the graceful stop of the connection.
    func drain() { onLoop { $0.drain() } }
}
