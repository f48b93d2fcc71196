import Synchronization

/// Hands notifications from the event loop to one reader, in order.
///
/// The feed has no bound of its own: ``ClientSession`` stops reading the connection while too much waits in all of them.
final class NotificationFeed: Sendable {
    private struct State {
        var waiting: [[UInt8]] = []
        var next = 0
        var reader: CheckedContinuation<[UInt8]?, any Error>?
        var end: Result<Void, RPCConnectionClosed>?
    }

    private let state = Mutex(State())
    private let onTaken: @Sendable (Int) -> Void

    /// - Parameter onTaken: told how many notifications have left the feed.
    init(onTaken: @escaping @Sendable (Int) -> Void) { self.onTaken = onTaken }

    func put(_ params: [UInt8]) {
        let (reader, isDropped) = state.withLock { state -> (CheckedContinuation<[UInt8]?, any Error>?, Bool) in
            guard state.end == nil else { return (nil, true) }
            if let reader = state.reader {
                state.reader = nil
                return (reader, false)
            }
            state.waiting.append(params)
            return (nil, false)
        }
        reader?.resume(returning: params)
        if reader != nil || isDropped { onTaken(1) }
    }

    /// Nothing follows what is in the feed.
    func finish(_ end: Result<Void, RPCConnectionClosed>) {
        let reader = state.withLock { state in
            if state.end == nil { state.end = end }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(with: end.map { nil }.mapError { $0 as any Error })
    }

    /// Throws away what nobody will read any more.
    func discard() {
        let count = state.withLock { state in
            if state.end == nil { state.end = .success(()) }
            defer {
                state.waiting = []
                state.next = 0
            }
            return state.waiting.count - state.next
        }
        if count > 0 { onTaken(count) }
    }

    /// The next notification, or `nil` at the end; for one reader at a time.
    func take() async throws -> [UInt8]? {
        let queued: [UInt8]? = state.withLock { state in
            guard state.next < state.waiting.count else { return nil }
            defer { Self.advance(&state) }
            return state.waiting[state.next]
        }
        if let queued {
            onTaken(1)
            return queued
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer: Result<[UInt8]?, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.next < state.waiting.count {
                        defer { Self.advance(&state) }
                        return .success(state.waiting[state.next])
                    }
                    if let end = state.end { return end.map { nil }.mapError { $0 as any Error } }
                    state.reader = continuation
                    return nil
                }
                guard let answer else { return }
                if case .success(.some) = answer { onTaken(1) }
                continuation.resume(with: answer)
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(throwing: CancellationError())
        }
    }

    private static func advance(_ state: inout State) {
        state.next += 1
        if state.next == state.waiting.count {
            state.waiting.removeAll(keepingCapacity: true)
            state.next = 0
        } else if state.next >= 1024 {
            state.waiting.removeFirst(state.next)
            state.next = 0
        }
    }
}
