import Foundation
import JSONRPC
import JSONRPCTransport
import JSONText
import Logging
import NIOCore
import OctobotTestSupport
import ServiceLifecycle
import Synchronization

/// A bell that is rung once and wakes all who wait, now or later.
final class Bell: Sendable {
    private struct State {
        var isRung = false
        var next = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    func ring() {
        let waiters = state.withLock { state in
            state.isRung = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for the ring, or for the task's cancellation.
    func rung() async {
        let ticket = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isRung || Task.isCancelled { return true }
                    state.waiters[ticket] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
        }
    }
}

/// What the sessions of a test's listener do and have seen.
final class TestService: Sendable {
    struct State {
        var log: [String] = []
        var connections: [RPCConnection] = []
        var watchers: [(String, Bell)] = []
    }

    let gate = Bell()
    private let state = Mutex(State())

    var log: [String] { state.withLock { $0.log } }
    var connections: [RPCConnection] { state.withLock { $0.connections } }

    func note(_ word: String) {
        let rung = state.withLock { state in
            state.log.append(word)
            return state.watchers.filter { $0.0 == word }.map(\.1)
        }
        for bell in rung { bell.ring() }
    }

    /// Waits until `word` was noted.
    func noted(_ word: String) async {
        let bell = Bell()
        let isThere = state.withLock { state in
            if state.log.contains(word) { return true }
            state.watchers.append((word, bell))
            return false
        }
        if !isThere { await bell.rung() }
    }

    func session(_ connection: RPCConnection) -> TestSession {
        state.withLock { $0.connections.append(connection) }
        return TestSession(service: self, connection: connection)
    }
}

struct TestSession: RPCSession {
    let service: TestService
    let connection: RPCConnection

    func plan(_ call: RPCCall) -> CallPlan {
        switch call.method {
        case "now": .answer(RPCAnswer(call.params, afterwards: { connection.notify("after", params: call.params) }))
        case "echo", "subtract", "block", "stubborn", "fail", "peer", "subscribe", "flood": .run()
        case "rpc.unsubscribe":
            {
                service.note("rpc.unsubscribe " + String(decoding: call.params, as: UTF8.self))
                return .answer(RPCAnswer(Array("{}".utf8)))
            }()
        case "short", "shortBlock", "shortNotify", "shortFail": .run(isShort: true)
        case "shortOrdered": .run(serialKey: "one", isShort: true)
        case "durable": .run(outlivesConnection: true)
        case "ordered": .run(serialKey: (try? JSONValue(parsing: call.params))?["key"]?.stringValue)
        default: .refuse(.methodNotFound(call.method))
        }
    }

    func answer(_ call: RPCCall) async throws -> RPCAnswer {
        let params = try JSONValue(parsing: call.params)
        switch call.method {
        case "subtract":
            guard let minuend = params["minuend"]?.integerValue, let subtrahend = params["subtrahend"]?.integerValue
            else {
                throw RPCError.invalidParams("Two integers are wanted.")
            }
            return RPCAnswer(JSONValue.integer(minuend - subtrahend).serialized())
        case "shortNotify":
            connection.notify("before", params: call.params)
            return RPCAnswer(call.params) { [connection] in connection.notify("after", params: call.params) }
        case "block", "durable", "shortBlock":
            service.note("\(call.method) started")
            await service.gate.rung()
            service.note(Task.isCancelled ? "\(call.method) cancelled" : "\(call.method) ended")
            try Task.checkCancellation()
            return RPCAnswer(Array("\"done\"".utf8))
        case "stubborn":
            service.note("stubborn started")
            await withTaskCancellationHandler {
                await Task { await service.gate.rung() }.value
            } onCancel: {
                service.note("stubborn cancelled")
            }
            return RPCAnswer(Array("\"committed\"".utf8))
        case "ordered":
            let name = params["name"]?.stringValue ?? ""
            service.note("+\(name)")
            for _ in 0..<10 { await Task.yield() }
            service.note("-\(name)")
            return RPCAnswer(Array("null".utf8))
        case "fail", "shortFail": throw POSIXError(.EIO)
        case "peer": return RPCAnswer(try await connection.call("question", params: call.params))
        case "subscribe":
            if params["late"] == true {
                service.note("late started")
                await Task { await service.gate.rung() }.value
                return RPCAnswer(Array(#"{"subscription":"s2"}"#.utf8))
            }
            if params["open"] == true { return RPCAnswer(Array(#"{"subscription":"s1"}"#.utf8)) }
            let count = params["count"]?.integerValue ?? 0
            return RPCAnswer(Array(#"{"subscription":"s1"}"#.utf8)) { [connection] in
                connection.hold()
                for n in 0..<count {
                    connection.notify("event", params: Array(#"{"subscription":"s1","type":"event","n":\#(n)}"#.utf8))
                }
                connection.notify("event", params: Array(#"{"subscription":"s1","type":"end"}"#.utf8))
                connection.release()
            }
        case "flood":
            let body = ByteBuffer(repeating: 0x20, count: 16 << 10)
            var sent = 0
            while await connection.room() {
                connection.notify("flood", params: [ByteBuffer(string: "{"), body, ByteBuffer(string: "}")])
                sent += 1
            }
            service.note("flood ended")
            return RPCAnswer(JSONValue.integer(Int64(sent)).serialized())
        default: return RPCAnswer(call.params)
        }
    }

    func notified(_ notification: RPCNotification) -> NotificationPlan {
        switch notification.method {
        case "update":
            service.note("update \(String(decoding: notification.params, as: UTF8.self))")
            return .taken
        case "slowly":
            return .wait { [service] in
                service.note("slowly begins")
                for _ in 0..<20 { await Task.yield() }
                service.note("slowly ends")
            }
        case "ordered", "fail", "block":
            return .run(serialKey: (try? JSONValue(parsing: notification.params))?["key"]?.stringValue)
        default: return .refused(.methodNotFound(notification.method))
        }
    }

    func drain() {
        service.note("drain")
        connection.notify("rpc.goaway", params: Array("{}".utf8))
    }

    func closed() { service.note("closed") }
}

/// A listener in a folder of its own.
struct TestListener: Sendable {
    let path: String
    let listener: RPCListener
    let service: TestService
    let group: ServiceGroup

    /// Begins the graceful stop.
    func stop() async { await group.triggerGracefulShutdown() }

    func connect() throws -> TestClient { TestClient(socket: try LineSocket(path: path)) }
}

func withListener(
    limits: RPCLimits = RPCLimits(),
    _ body: (TestListener) async throws -> Void
) async throws {
    try await withTemporaryDirectory { folder in
        let path = folder.appending(path: "run/rpc.sock").path(percentEncoded: false)
        let service = TestService()
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        var configuration = RPCListener.Configuration(endpoint: .path(path))
        configuration.limits = limits
        configuration.inline = ["rpc.ping": RPCListener.constant(Array(#"{"instance":"i"}"#.utf8))]
        configuration.wrongProtocolHint = "HTTP is at http://127.0.0.1:1"
        let listener = try await RPCListener.bind(configuration, logger: logger) { service.session($0) }
        let group = ServiceGroup(configuration: .init(services: [.init(service: listener)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(TestListener(path: path, listener: listener, service: service, group: group))
            service.gate.ring()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

/// A stranger's client that sees every line.
final class TestClient {
    let socket: LineSocket
    private var lines: AsyncStream<[UInt8]>.Iterator

    init(socket: LineSocket) {
        self.socket = socket
        lines = socket.lines.makeAsyncIterator()
    }

    func send(_ text: String) throws { try socket.write(text + "\n") }

    /// The next line; `nil` when the connection has ended.
    func next() async throws -> JSONValue? { try await line().map { try JSONValue(parsing: $0.utf8) } }

    func line() async -> String? { await lines.next(isolation: #isolation).map { String(decoding: $0, as: UTF8.self) } }

    func ask(_ text: String) async throws -> JSONValue? {
        try send(text)
        return try await next()
    }
}
