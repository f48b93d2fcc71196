import HummingbirdCore
package import JSONRPCTransport
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
    /// Shuts the gateway without losing anybody.
    package let gate: AcceptGate

    private let server: any Channel
    private let connections: AsyncStream<Connection>
    private let quiescing: ServerQuiescingHelper
    private let gateway: Gateway
    private let peers: any PeerAdmission
    private let limits: GatewayConfiguration.Limits
    private let pingInterval: Duration
    private let open = Counter()
    private let logger: Logger

    private struct Connection: Sendable {
        var client: ClientConnection
        var opening: EventLoopFuture<UpgradeGate.Opening>
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
        let gate = AcceptGate(descriptor: configuration.endpoint.descriptor, census: configuration.census)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try gate.install(in: channel)
                    try channel.pipeline.syncOperations.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.socketOption(.so_sndbuf), value: 128 << 10)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let client = ClientConnection(channel: channel, departure: Departure())
                    let opening = try ConnectionPipeline.configure(
                        channel,
                        configuration,
                        departure: client.departure,
                        logger: logger
                    )
                    feed.yield(Connection(client: client, opening: opening))
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
            gate: gate,
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
            pingInterval: configuration.timeouts.ping,
            logger: logger
        )
    }

    /// Such as `http://127.0.0.1:3001`.
    package var url: String {
        let host = address.ipAddress ?? "localhost"
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(address.port ?? 0)"
    }

    package func run() async throws {
        try await gate.open()
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
        do {
            switch try await connection.opening.get() {
            case .http(let parts): await answer(parts, connection.client, standing)
            case .wish(let wish): try await decide(wish, connection.client, standing)
            }
        } catch {
            // It ended before it was known what it would be.
            connection.client.channel.close(promise: nil)
        }
    }

    private func answer(
        _ parts: HTTP1Channel.Value,
        _ client: ClientConnection,
        _ standing: Gateway.Standing,
        refusing refusal: (any Error)? = nil
    ) async {
        let http = HTTP1Channel { [gateway] request, writer, _ in
            try await gateway.respond(to: request, standing, client, refusing: refusal, writer)
        }
        await http.handle(value: parts, logger: logger)
    }

    /// Grants or refuses a WebSocket, and serves what comes of it; a client that goes meanwhile wakes no sandbox.
    private func decide(_ wish: UpgradeGate.Wish, _ client: ClientConnection, _ standing: Gateway.Standing) async throws
    {
        let verdict: Result<Gateway.AdmittedTerminal?, any Error> = await withTaskGroup(
            of: Result<Gateway.AdmittedTerminal?, any Error>.self
        ) { group in
            group.addTask { [gateway] in
                do {
                    return .success(try await gateway.judge(wish.head, standing, client.channel))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await client.departure.wait()
                return .failure(ChannelError.eof)
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(ChannelError.eof)
        }
        switch verdict {
        case .success(let admitted?):
            let socket = TerminalSocket(
                connection: try await wish.grant(admitted.fields),
                registry: gateway.registry,
                pingInterval: pingInterval,
                logger: logger
            )
            await socket.run { [gateway] in try await gateway.streams.openTerminal(admitted.params, admitted.call) }
        case .success(nil): await answer(try await wish.decline(), client, standing)
        case .failure(let refusal): await answer(try await wish.decline(), client, standing, refusing: refusal)
        }
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

    @discardableResult
    func add(_ difference: Int) -> Int {
        value.withLock {
            $0 += difference
            return $0
        }
    }
}

extension GatewayConfiguration.Endpoint {
    fileprivate var descriptor: Int32? {
        if case .descriptor(let descriptor) = self { descriptor } else { nil }
    }

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
