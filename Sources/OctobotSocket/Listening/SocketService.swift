package import JSONRPCTransport
package import Logging
package import OctobotAPI
package import OctobotServer
import ServiceLifecycle
import Synchronization

/// The JSON-RPC side of the daemon: every operation on a unix socket (rpc.md).
///
/// It is bound first, so that a taken or unusable path is known before anything starts, and serves while ``run()`` runs:
/// connections wait in the backlog until then. Its graceful end tells clients (`rpc.goaway`), refuses new calls, ends each
/// subscription with the cursor to come back with, and waits for the calls that run.
package struct SocketService: Service {
    private let server: SocketServer
    private let listener: RPCListener
    private let subscriptions: AsyncStream<Subscription>

    /// Who is connected.
    package var census: ConnectionCensus { server.configuration.census }

    /// Shuts the socket without losing anybody.
    package var gate: AcceptGate { listener.gate }

    /// Listens, but serves nobody yet.
    ///
    /// - Parameters:
    ///   - operations: What the table serves, with the declarations the connection needs itself.
    ///   - clock: Measures the quiet after which a stream says where it is.
    package static func bind(
        _ configuration: SocketConfiguration,
        table: OperationTable,
        operations: [AnyOperation] = Operations.all,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) async throws(RPCListenError) -> SocketService {
        let (subscriptions, feed) = AsyncStream<Subscription>.makeStream()
        let server = SocketServer(
            configuration: configuration,
            table: table,
            operations: operations,
            clock: clock,
            logger: logger,
            subscriptions: feed
        )
        var listening = RPCListener.Configuration(endpoint: configuration.endpoint)
        listening.limits = configuration.transportLimits
        listening.census = configuration.census
        listening.admitsForeign = configuration.admitsGroup
        listening.inline = [RPCPing.name: RPCListener.constant(server.pong)]
        listening.wrongProtocolHint = configuration.gateway().map { "The HTTP gateway listens at \($0)." }
        let listener = try await RPCListener.bind(listening, logger: logger) { connection in
            SocketSession(server: server, connection: connection)
        }
        return SocketService(server: server, listener: listener, subscriptions: subscriptions)
    }

    /// Closes without ever having served, for a start that failed elsewhere.
    package func close() async { await listener.close() }

    package func run() async throws {
        let (server, listener) = (server, listener)
        let deadline = Deadline()
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    defer { server.subscriptions.finish() }
                    try await listener.run()
                }
                for await subscription in subscriptions {
                    group.addTask { await subscription.run() }
                }
            }
        } onGracefulShutdown: {
            deadline.set(ContinuousClock.now + server.configuration.drain)
            server.table.beginShutdown()
        }
        // Durable calls may have outlived their connections.
        guard !Task.isCancelled, let rest = deadline.rest else { return }
        await server.table.drain(for: rest)
    }
}

/// When the graceful stop has to be over.
private final class Deadline: Sendable {
    private let moment = Mutex<ContinuousClock.Instant?>(nil)

    func set(_ value: ContinuousClock.Instant) { moment.withLock { $0 = value } }

    /// How long is left; `nil` when no stop has begun.
    var rest: Duration? {
        moment.withLock { $0 }.map { max(.zero, ContinuousClock.now.duration(to: $0)) }
    }
}
