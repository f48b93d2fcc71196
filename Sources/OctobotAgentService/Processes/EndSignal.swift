import Synchronization

/// The end of something that many may wait for; it happens once.
final class EndSignal: Sendable {
    private struct State {
        var hasEnded = false
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    /// It has ended.
    func end() {
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.finish() }
    }

    /// Waits for the end, at most `limit`, and not beyond the task's own; whether it has come.
    func wait(atMost limit: Duration) async -> Bool {
        let (ended, end) = AsyncStream<Void>.makeStream()
        let isDue = state.withLock { state in
            if !state.hasEnded { state.waiting.append(end) }
            return !state.hasEnded
        }
        guard isDue else { return true }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in ended {} }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { return }  // ok: the deadline
            }
            await group.next()
            group.cancelAll()
        }
        return state.withLock { $0.hasEnded }
    }
}
