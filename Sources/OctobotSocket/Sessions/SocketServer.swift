import JSONText
import Logging
import OctobotAPI
import OctobotServer
import Synchronization

/// What all connections share.
final class SocketServer: Sendable {
    let configuration: SocketConfiguration
    let table: OperationTable
    let clock: any Clock<Duration>
    let logger: Logger
    /// Where subscriptions are handed to whoever runs them.
    let subscriptions: AsyncStream<Subscription>.Continuation
    /// The result of `rpc.ping`, which never changes.
    let pong: [UInt8]
    private let operations: [AnyOperation]
    private let declarations: [String: AnyOperation]
    private let document = Mutex<[UInt8]?>(nil)

    init(
        configuration: SocketConfiguration,
        table: OperationTable,
        operations: [AnyOperation],
        clock: any Clock<Duration>,
        logger: Logger,
        subscriptions: AsyncStream<Subscription>.Continuation
    ) {
        self.configuration = configuration
        self.table = table
        self.clock = clock
        self.logger = logger
        self.subscriptions = subscriptions
        self.operations = operations
        pong = JSONValue.object(["instance": .string(configuration.instance)]).serialized()
        declarations = Dictionary(operations.map { ($0.name, $0) }) { _, last in last }
    }

    func declaration(of name: String) -> AnyOperation? { declarations[name] }

    /// The OpenRPC document on one line; made once, when somebody asks.
    var discovery: [UInt8] {
        if let known = document.withLock({ $0 }) { return known }
        let text = OpenRPC.document(version: configuration.version, operations: operations).value.serialized()
        document.withLock { $0 = text }
        return text
    }
}
