import JSONRPC
import Logging
package import NIOCore
import Synchronization

/// One end of a JSON-RPC connection; both ends may call.
///
/// Everything here may be used from any thread. What is sent leaves in the order it was given.
package final class RPCConnection: Sendable {
    /// Who is at the other end, for connections that a listener accepted.
    package let peer: PeerCredentials?
    /// Tells the connection from others in logs, such as `c12`.
    package let identifier: String

    let channel: any Channel
    let options: ConnectionOptions
    let logger: Logger
    let end: EventLoopPromise<Void>
    let state = Mutex(State())
    /// The side that lives on the event loop; gone with the channel.
    let loopSide: NIOLoopBoundBox<ConnectionHandler?>

    struct State {
        var outbox = Outbox()
        var encoder = MessageEncoder()
        var isFlushScheduled = false
        var isClosed = false
        var holds = 0
        var waiters: [UInt64: CheckedContinuation<Bool, Never>] = [:]
        var nextWaiter: UInt64 = 0
        var calls: [Int64: OutgoingCall] = [:]
        var nextCall: Int64 = 0
        /// An error the other side sent without an id.
        var farewell: RPCError?
    }

    struct OutgoingCall {
        /// Gone when the call was cancelled and only its late result matters.
        var continuation: CheckedContinuation<[UInt8], any Error>?
        var onResult: (@Sendable ([UInt8]) -> Void)?
        var onLateResult: (@Sendable ([UInt8]) -> Void)?
    }

    private static let count = Atomic(0)
    /// How much may wait before whoever pages through a log is asked to wait.
    private static let lowMark = (bytes: 128 << 10, messages: 256)

    init(channel: any Channel, peer: PeerCredentials?, options: ConnectionOptions, logger: Logger) {
        self.channel = channel
        self.peer = peer
        self.options = options
        identifier = "c\(Self.count.add(1, ordering: .relaxed).newValue)"
        var logger = logger
        logger[metadataKey: "rpc.connection"] = "\(identifier)"
        self.logger = logger
        end = channel.eventLoop.makePromise()
        loopSide = .makeEmptyBox(eventLoop: channel.eventLoop)
        if let framing = options.framing { state.withLock { $0.encoder.framing = framing } }
    }

    /// Sends a notification.
    ///
    /// - Returns: `false` when the connection is gone or its outbound queue is full; then nothing was queued.
    @discardableResult
    package func notify(_ method: String, params: [UInt8]) -> Bool {
        notify(method, params: [ByteBuffer(bytes: params)])
    }

    /// Sends a notification whose params are the joined pieces, so that what many connections get is encoded once.
    @discardableResult
    package func notify(_ method: String, params pieces: [ByteBuffer]) -> Bool {
        let limits = options.limits
        return enqueue { state in
            state.outbox.byteCount < limits.outboundBytes && state.outbox.messageCount < limits.outboundMessages
        } write: { buffer in
            MessageEncoder.request(id: nil, method: method, params: pieces.lazy.map(\.readableBytesView), into: &buffer)
        }
    }

    /// Whether so little waits to be written that more may come.
    package var hasRoom: Bool { state.withLock { Self.hasRoom($0) } }

    /// Waits until there is room.
    ///
    /// - Returns: `false` when the connection is gone or the task was cancelled.
    package func room() async -> Bool {
        let ticket = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.isClosed || Task.isCancelled { return false }
                    if Self.hasRoom(state) { return true }
                    state.waiters[ticket] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(returning: false)
        }
    }

    /// Keeps the connection when its client has said that it sends no more, and during a graceful stop, until ``release()``.
    package func hold() { state.withLock { $0.holds += 1 } }

    /// Undoes one ``hold()``.
    package func release() {
        state.withLock { $0.holds -= 1 }
        onLoop { $0.closeIfDone() }
    }

    /// Closes the connection once what is queued has been written; calls that run are cancelled.
    package func close() { onLoop { $0.close() } }

    /// Waits until the connection is gone and the tasks of its calls have ended.
    package func closed() async {
        do {
            try await end.futureResult.get()
        } catch {
            // The promise is only ever fulfilled.
        }
    }

    private static func hasRoom(_ state: borrowing State) -> Bool {
        state.outbox.byteCount < lowMark.bytes && state.outbox.messageCount < lowMark.messages
    }

    /// Queues one framed message and sees to it that it is written this tick.
    @discardableResult
    func enqueue(if condition: (State) -> Bool = { _ in true }, write: (inout ByteBuffer) -> Void) -> Bool {
        let (isTaken, mustSchedule) = state.withLock { state in
            guard !state.isClosed, condition(state) else { return (false, false) }
            let encoder = state.encoder
            state.outbox.append { encoder.frame(into: &$0, write) }
            defer { state.isFlushScheduled = true }
            return (true, !state.isFlushScheduled)
        }
        if mustSchedule { onLoop { $0.flush() } }
        return isTaken
    }

    /// Wakes those who wait for room.
    func wakeWaiters() {
        let waiters = state.withLock { state in
            guard !state.waiters.isEmpty, Self.hasRoom(state) else { return [CheckedContinuation<Bool, Never>]() }
            defer { state.waiters.removeAll() }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: true) }
    }

    /// Ends everything that waits for the connection.
    func shutDown() {
        let (waiters, calls, farewell) = state.withLock { state in
            defer {
                state.isClosed = true
                state.waiters.removeAll()
                state.calls.removeAll()
                state.outbox.removeAll()
            }
            return (Array(state.waiters.values), Array(state.calls.values), state.farewell)
        }
        for waiter in waiters { waiter.resume(returning: false) }
        for call in calls { call.continuation?.resume(throwing: RPCConnectionClosed(reason: farewell)) }
    }

    func onLoop(_ body: @escaping @Sendable (ConnectionHandler) -> Void) {
        channel.eventLoop.execute { [loopSide] in
            if let handler = loopSide.value { body(handler) }
        }
    }
}
