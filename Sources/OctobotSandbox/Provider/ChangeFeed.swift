import Synchronization

/// Passes changes of sandboxes on to everybody who watches.
final class ChangeFeed: Sendable {
    private struct State {
        var next = 0
        var watchers: [Int: AsyncStream<SandboxChange>.Continuation] = [:]
    }

    private let state = Mutex(State())

    /// A stream that begins with `current`.
    ///
    /// What a watcher has not read yet is kept for it; the states of one sandbox are few.
    func watch(startingWith current: [SandboxChange]) -> AsyncStream<SandboxChange> {
        let (stream, continuation) = AsyncStream<SandboxChange>.makeStream()
        let key = state.withLock { state in
            state.next += 1
            state.watchers[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in self?.forget(key) }
        for change in current { continuation.yield(change) }
        return stream
    }

    func send(_ change: SandboxChange) {
        for watcher in state.withLock({ $0.watchers.values }) { watcher.yield(change) }
    }

    /// Ends every stream.
    func finish() {
        for watcher in state.withLock({ $0.watchers.values }) { watcher.finish() }
    }

    private func forget(_ key: Int) {
        _ = state.withLock { $0.watchers.removeValue(forKey: key) }
    }
}
