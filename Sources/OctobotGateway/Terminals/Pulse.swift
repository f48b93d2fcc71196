import Synchronization

/// Whether a client still shows signs of life: counts the pings since the last.
final class Pulse: Sendable {
    private struct State {
        var unanswered = 0
        /// What came was not taken yet, so that nothing more can be heard.
        var isDeaf = false
    }

    private let state = Mutex(State())

    /// Something came from the client.
    func heard() { state.withLock { $0.unanswered = 0 } }

    /// Runs `body`, during which nothing is read from the client.
    func whileDeaf<Value>(_ body: () async -> Value) async -> Value {
        state.withLock { $0.isDeaf = true }
        defer { state.withLock { $0 = State() } }
        return await body()
    }

    /// A ping is due: whether to send it, or `nil` when two were not answered.
    func beat() -> Bool? {
        state.withLock { state in
            if state.isDeaf { return false }
            guard state.unanswered < 2 else { return nil }
            state.unanswered += 1
            return true
        }
    }
}
