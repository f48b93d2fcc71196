import HummingbirdCore
package import Logging
package import NIOCore
import NIOExtras
import NIOPosix
package import OctobotAPI
package import OctobotServer
package import OctobotServices
import ServiceLifecycle
import Synchronization

/// The HTTP gateway: REST and event streams on the operations of the daemon (design.md §8).
///
/// It is bound first, so that its address can be announced, and serves while ``run()`` runs. Its graceful end ends the
/// event streams, finishes the requests that run, and closes.
package struct GatewayService: Service {
    /// Where it listens.
    package let address: SocketAddress

    private let server: any Channel
    private let connections: AsyncStream<Connection>
    private let quiescing: ServerQuiescingHelper
    private let gateway: Gateway
    private let peers: any PeerAdmission
    private let limits: GatewayConfiguration.Limits
    private let open = Counter()
    private let logger: Logger

    private struct Connection: Sendable {
        var client: ClientConnection
        var parts: HTTP1Channel.Value
    }

    /// Listens, but serves nobody yet: connections wait in the backlog.
    ///
    /// - Parameters:
    ///   - operations: What becomes routes.
    ///   - principal: Whom every request stands for while login is off.
    ///   - peers: Whose programs are served.
    package static func bind(
        _ configuration: GatewayConfiguration,
        table: OperationTable,
        streams: any GatewayStreams,
        peers: any PeerAdmission,
        operations: [AnyOperation] = Operations.all,
        principal: Principal = .anonymous,
        group: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup,
        logger: Logger
    ) async throws(GatewayError) -> GatewayService {
        let quiescing = ServerQuiescingHelper(group: group)
        let (connections, feed) = AsyncStream<Connection>.makeStream()
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.socketOption(.so_sndbuf), value: 128 << 10)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let client = ClientConnection(channel: channel, departure: Departure())
                    let parts = try ConnectionPipeline.configure(
                        channel,
                        configuration,
                        departure: client.departure,
                        logger: logger
                    )
                    feed.yield(Connection(client: client, parts: parts))
                }
            }
        let server = try await configuration.endpoint.listen(bootstrap)
        server.closeFuture.whenComplete { _ in feed.finish() }
        guard let address = server.localAddress, let port = address.port else {
            server.close(promise: nil)
            throw .unusableDescriptor(-1, reason: "it is no TCP socket")
        }
        if case .descriptor(let descriptor) = configuration.endpoint, !address.isLoopback {
            server.close(promise: nil)
            throw .unusableDescriptor(
                descriptor,
                reason: "\(address.ipAddress ?? "it") is not loopback, and login is off"
            )
        }
        return GatewayService(
            address: address,
            server: server,
            connections: connections,
            quiescing: quiescing,
            gateway: Gateway(
                configuration: configuration,
                port: port,
                table: table,
                streams: streams,
                operations: operations,
                principal: principal,
                logger: logger
            ),
            peers: peers,
            limits: configuration.limits,
            logger: logger
        )
    }

    /// Such as `http://127.0.0.1:3001`.
    package var url: String {
        let host = address.ipAddress ?? "localhost"
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(address.port ?? 0)"
    }

    /// How many connections are open now.
    package var connectionCount: Int { open.count }

    package func run() async throws {
        try await server.setOption(.autoRead, value: true).get()
        server.read()
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withDiscardingTaskGroup { group in
                    for await connection in connections {
                        group.addTask { await serve(connection) }
                    }
                }
            } onGracefulShutdown: {
                gateway.registry.endAll()
                quiescing.initiateShutdown(promise: nil)
            }
        } onCancel: {
            server.close(promise: nil)
        }
    }

    private func serve(_ connection: Connection) async {
        let standing = await standing(of: connection)
        defer { if standing != .foreign { open.add(-1) } }
        let http = HTTP1Channel { [gateway] request, writer, _ in
            try await gateway.respond(to: request, standing, connection.client, writer)
        }
        await http.handle(value: connection.parts, logger: logger)
    }

    /// Only connections of those who are admitted count: nobody else can use them up.
    private func standing(of connection: Connection) async -> Gateway.Standing {
        guard let local = connection.client.channel.localAddress,
            let remote = connection.client.channel.remoteAddress,
            await peers.admits(local: local, remote: remote)
        else { return .foreign }
        return open.add(1) > limits.connections ? .oneTooMany : .admitted
    }
}

/// How many connections are open.
private final class Counter: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }

    @discardableResult
    func add(_ difference: Int) -> Int {
        value.withLock {
            $0 += difference
            return $0
        }
    }
}

extension GatewayConfiguration.Endpoint {
    fileprivate func listen(_ bootstrap: ServerBootstrap) async throws(GatewayError) -> any Channel {
        switch self {
        case .bind(let host, let port):
            do {
                return try await bootstrap.bind(host: host, port: port).get()
            } catch let error as IOError where error.errnoCode == EADDRINUSE {
                throw .addressInUse(host: host, port: port)
            } catch {
                throw .cannotListen(host: host, port: port, reason: "\(error)")
            }
        case .descriptor(let descriptor):
            do {
                return try await bootstrap.withBoundSocket(descriptor).get()
            } catch {
                throw .unusableDescriptor(descriptor, reason: "\(error)")
            }
        }
    }
}

extension SocketAddress {
    /// Whether only programs of this machine reach it (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3).
    fileprivate var isLoopback: Bool { ipAddress.map { $0 == "::1" || $0.hasPrefix("127.") } ?? false }
}
