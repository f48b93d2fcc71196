import Foundation
import JSONRPCTransport
import JSONText
import Logging
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices
import OctobotSocket
import OctobotTestSupport
import ServiceLifecycle

/// A socket of toy operations, served while a test's body runs.
struct TestSocket: Sendable {
    let path: String
    let service: SocketService
    let table: OperationTable
    let log: ToyLog
    let chat: ToyLog
    let turnstile: Turnstile
    private let group: ServiceGroup
    private let ended: Watched<Bool>

    /// Serves in a folder of its own.
    static func run<Result>(
        clock: any Clock<Duration> = ContinuousClock(),
        configure: (inout SocketConfiguration) -> Void = { _ in },
        _ body: (TestSocket) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { folder in
            try await run(
                at: folder.appending(path: "s").path(percentEncoded: false),
                clock: clock,
                configure: configure,
                body
            )
        }
    }

    /// Serves at `path`, which may have been another's before.
    static func run<Result>(
        at path: String,
        log: ToyLog = ToyLog("event.local"),
        chat: ToyLog = ToyLog("chat.s"),
        clock: any Clock<Duration> = ContinuousClock(),
        configure: (inout SocketConfiguration) -> Void = { _ in },
        _ body: (TestSocket) async throws -> Result
    ) async throws -> Result {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let turnstile = Turnstile()
        let table = table(log, chat, turnstile, logger)
        var configuration = SocketConfiguration(
            endpoint: .path(path),
            version: "1.2.3",
            instance: "instance-1",
            gateway: { "http://127.0.0.1:3001" }
        )
        configure(&configuration)
        let service = try await SocketService.bind(
            configuration,
            table: table,
            operations: toyOperations,
            clock: clock,
            logger: logger
        )
        let group = ServiceGroup(configuration: .init(services: [.init(service: service)], logger: logger))
        let ended = Watched(false)
        let socket = TestSocket(
            path: path,
            service: service,
            table: table,
            log: log,
            chat: chat,
            turnstile: turnstile,
            group: group,
            ended: ended
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { ended.update { $0 = true } }
                try await group.run()
            }
            let result = try await body(socket)
            tasks.cancelAll()
            return result
        }
    }

    private static func table(
        _ log: ToyLog,
        _ chat: ToyLog,
        _ turnstile: Turnstile,
        _ logger: Logger
    ) -> OperationTable {
        let table = OperationTable(logger: logger) { _, project, _ throws(Fault) in
            if project == "foreign" { throw Fault(.permissionDenied, "No member.") }
        }
        table.register(GetThing.self) { params, _ in
            if params.thingID == "missing" { throw Fault.notFound("thing", "missing") }
            return params
        }
        table.register(WaitThing.self) { params, _ in
            try await turnstile.pass(params)
            return params
        }
        table.register(StoreThing.self) { params, _ in
            try await turnstile.pass(params)
            return params
        }
        table.register(CreateThing.self) { params, _ in
            try await turnstile.pass(params)
            return params
        }
        table.register(KeepThing.self) { params, call in
            if call.idempotencyKey == "known" { call.replay.make() }
            return params
        }
        table.register(KeepNothing.self) { _, call in
            if call.idempotencyKey == "known" { call.replay.make() }
            return Thing()
        }
        table.register(ListThings.self) { params, _ in
            params.cursor == nil
                ? Page(items: [Thing(thingID: "a"), Thing(thingID: "b")], nextCursor: "more")
                : Page(items: [Thing(thingID: "c")])
        }
        table.register(stream: SubscribeEvents.self) { params, _ in
            switch params.from ?? .now {
            case .now: return try log.reader(from: .now)
            case .start, .snapshot: return try log.reader(from: .start)
            case .cursor(let text): return try log.reader(from: .cursor(text))
            }
        }
        table.register(stream: SubscribeChat.self) { params, _ in
            switch params.from ?? .now {
            case .now: return try chat.reader(from: .now)
            case .start: return try chat.reader(from: .start)
            case .cursor(let text): return try chat.reader(from: .cursor(text))
            case .snapshot: return chat.snapshotReader(thenFrom: 2)
            }
        }
        return table
    }

    /// Begins the graceful stop.
    func stop() async { await group.triggerGracefulShutdown() }

    /// Returns once the service has ended.
    func end() async throws { try await ended.wait { $0 } }

    /// A connection whose whole traffic is held against the declarations.
    func connect() throws -> Conversation { try Conversation(path: path) }
}
