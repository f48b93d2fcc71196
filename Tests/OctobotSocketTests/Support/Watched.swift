import Synchronization

/// A value that a test changes and others wait for.
final class Watched<Value: Sendable>: Sendable {
    private struct Waiter {
        var isMet: @Sendable (Value) -> Bool
        var continuation: CheckedContinuation<Value, any Error>
    }

    private struct State {
        var value: Value
        var last = 0
        var waiters: [Int: Waiter] = [:]
    }

    private let state: Mutex<State>

    init(_ value: Value) { state = Mutex(State(value: value)) }

    var value: Value { state.withLock { $0.value } }

    @discardableResult
    func update<Result: Sendable>(_ change: @Sendable (inout Value) -> Result) -> Result {
        let (result, met, value) = state.withLock { state in
            let result = change(&state.value)
            let value = state.value
            let ids = state.waiters.filter { $0.value.isMet(value) }.map(\.key)
            let met = ids.compactMap { state.waiters.removeValue(forKey: $0) }
            return (result, met, value)
        }
        for waiter in met { waiter.continuation.resume(returning: value) }
        return result
    }

    /// The value, once it is as asked.
    @discardableResult
    func wait(until isMet: @escaping @Sendable (Value) -> Bool) async throws -> Value {
        let id = state.withLock { state in
            state.last += 1
            return state.last
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<Value, any Error>? in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if isMet(state.value) { return .success(state.value) }
                    state.waiters[id] = Waiter(isMet: isMet, continuation: continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }
}
