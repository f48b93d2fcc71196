import NIOCore
import Synchronization

/// The connection a request came on.
struct ClientConnection: Sendable {
    let channel: any Channel
    let departure: Departure
}

/// Tells whether the client of a connection still listens.
///
/// A client that has closed its side, or is gone altogether, wants no more of a stream. HummingbirdCore's
/// `consumeWithCancellationOnInboundClose` is no way to learn it: it stops the process when a connection ends before its
/// request does.
final class Departure: Sendable {
    private struct State {
        var hasLeft = false
        var lastWaiter: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// The client has left.
    func leave() {
        let waiting = state.withLock { state in
            state.hasLeft = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when the client has left, or the task is cancelled.
    func wait() async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.hasLeft || Task.isCancelled { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }
}
