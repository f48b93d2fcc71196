package import JSONText
import Synchronization

/// A JSON-RPC client made for tests: sees every line, hides nothing.
package final class RPCPeer: Sendable {
    /// The error object of an answer.
    package struct Refused: Error, CustomStringConvertible {
        package var error: JSONValue
        package var code: Int { Int(error["code"]?.integerValue ?? 0) }
        package var description: String { String(decoding: error.serialized(), as: UTF8.self) }
    }

    package struct Disconnected: Error {
        package init() {}
    }

    private struct State {
        var nextID: Int64 = 0
        var waiting: [Int64: CheckedContinuation<JSONValue, any Error>] = [:]
        var feeds: [String: AsyncStream<JSONValue>.Continuation] = [:]
        var streams: [String: AsyncStream<JSONValue>] = [:]
        var isClosed = false
    }

    /// Sees every message of the connection, as it is on the wire.
    package struct Watcher: Sendable {
        package var sent: @Sendable ([UInt8]) -> Void
        package var received: @Sendable ([UInt8]) -> Void

        package init(
            sent: @escaping @Sendable ([UInt8]) -> Void,
            received: @escaping @Sendable ([UInt8]) -> Void
        ) {
            self.sent = sent
            self.received = received
        }
    }

    private let socket: LineSocket
    private let watcher: Watcher?
    private let state = Mutex(State())
    private let reader: Mutex<Task<Void, Never>?> = Mutex(nil)

    package init(path: String, watcher: Watcher? = nil) throws {
        self.watcher = watcher
        socket = try LineSocket(path: path)
        let lines = socket.lines
        let task = Task { [weak self] in
            for await line in lines { self?.take(line) }
            self?.close()
        }
        reader.withLock { $0 = task }
    }

    deinit {
        socket.disconnect()
        reader.withLock { $0 }?.cancel()
    }

    package func disconnect() { socket.disconnect() }

    /// Makes a call and gives its result.
    ///
    /// - Throws: ``Refused``, ``Disconnected``, `CancellationError`.
    package func call(_ method: String, _ params: JSONValue = [:]) async throws -> JSONValue {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOpen = state.withLock { state in
                    guard !state.isClosed, !Task.isCancelled else { return false }
                    state.waiting[id] = continuation
                    return true
                }
                guard isOpen else { return continuation.resume(throwing: Disconnected()) }
                let request: JSONValue = [
                    "jsonrpc": "2.0", "id": .integer(id), "method": .string(method), "params": params,
                ]
                let message = request.serialized()
                watcher?.sent(message)
                do {
                    try socket.write(message + [0x0A])
                } catch {
                    state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(throwing: Disconnected())
                }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }

    /// Sends a notification, which nothing answers.
    package func notify(_ method: String, _ params: JSONValue) throws {
        let notification: JSONValue = ["jsonrpc": "2.0", "method": .string(method), "params": params]
        try socket.write(notification.serialized() + [0x0A])
    }

    /// Opens a subscription: its answer, and the params of its notifications.
    package func subscribe(_ method: String, _ params: JSONValue) async throws -> (JSONValue, AsyncStream<JSONValue>) {
        let answer = try await call(method, params)
        guard let name = answer["subscription"]?.stringValue,
            let stream = state.withLock({ $0.streams.removeValue(forKey: name) })
        else { throw Refused(error: answer) }
        return (answer, stream)
    }

    private func take(_ line: [UInt8]) {
        watcher?.received(line)
        guard let message = try? JSONValue(parsing: line) else { return }
        if message["method"] != nil {
            guard let name = message["params"]?["subscription"]?.stringValue else { return }
            let feed = state.withLock { $0.feeds[name] }
            feed?.yield(message["params"] ?? .null)
            if message["params"]?["type"] == "end" { feed?.finish() }
            return
        }
        guard let id = message["id"]?.integerValue else { return }
        let waiter = state.withLock { state in
            if let name = message["result"]?["subscription"]?.stringValue {
                let (stream, feed) = AsyncStream<JSONValue>.makeStream()
                // Whoever reads the stream keeps the connection.
                feed.onTermination = { [self] _ in withExtendedLifetime(self) {} }
                state.streams[name] = stream
                state.feeds[name] = feed
            }
            return state.waiting.removeValue(forKey: id)
        }
        if let error = message["error"] {
            waiter?.resume(throwing: Refused(error: error))
        } else {
            waiter?.resume(returning: message["result"] ?? .null)
        }
    }

    private func close() {
        let (waiting, feeds) = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return (state.waiting.values, state.feeds.values)
        }
        for waiter in waiting { waiter.resume(throwing: Disconnected()) }
        for feed in feeds { feed.finish() }
    }
}
