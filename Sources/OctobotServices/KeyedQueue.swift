import Synchronization

/// Serialises work on one thing, in order of arrival.
final class KeyedQueue<Key: Hashable & Sendable>: Sendable {
    private struct State {
        var waiting: [Key: [CheckedContinuation<Void, Never>]] = [:]
    }

    private let state = Mutex(State())

    /// Runs `body` once nobody else runs under `key`.
    func run<Value: Sendable>(_ key: Key, _ body: () async throws -> Value) async rethrows -> Value {
        await acquire(key)
        defer { release(key) }
        return try await body()
    }

    private func acquire(_ key: Key) async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.waiting[key] != nil {
                    state.waiting[key]?.append(continuation)
                    return false
                }
                state.waiting[key] = []
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    private func release(_ key: Key) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard var queue = state.waiting[key], !queue.isEmpty else {
                state.waiting.removeValue(forKey: key)
                return nil
            }
            let next = queue.removeFirst()
            state.waiting[key] = queue
            return next
        }
        next?.resume()
    }
}
