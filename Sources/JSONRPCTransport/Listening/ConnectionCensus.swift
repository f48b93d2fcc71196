import Synchronization

/// Counts the open connections of one listener or several, for whoever wants to stop when nobody is there.
package final class ConnectionCensus: Sendable {
    private struct State {
        var count = 0
        /// Rises with every connection, so that one that came and went between two looks is noticed.
        var arrivals: UInt64 = 0
        var lastWaiter: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]

        mutating func takeWaiting() -> [CheckedContinuation<Void, Never>] {
            defer { waiting = [:] }
            return Array(waiting.values)
        }
    }

    private let state = Mutex(State())

    package init() {}

    /// How many connections are open now.
    package var count: Int { state.withLock { $0.count } }

    /// Returns when no connection has been open for `duration` without a break; at once only for zero.
    ///
    /// - Returns: How many connections there have been, for ``arrival(after:)``.
    @discardableResult
    package func quiet(for duration: Duration, clock: any Clock<Duration> = ContinuousClock()) async throws -> UInt64 {
        while true {
            try await wait { $0.count == 0 }
            let arrivals = state.withLock { $0.arrivals }
            let isQuiet = try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await clock.sleep(for: duration)
                    return true
                }
                group.addTask {
                    try await self.wait { $0.arrivals != arrivals }
                    return false
                }
                defer { group.cancelAll() }
                return try await group.next() ?? false
            }
            if isQuiet, state.withLock({ $0.count == 0 && $0.arrivals == arrivals }) { return arrivals }
        }
    }

    /// Returns when there have been more than `count` connections.
    package func arrival(after count: UInt64) async throws { try await wait { $0.arrivals > count } }

    func arrive() {
        let waiting = state.withLock { state in
            state.count += 1
            state.arrivals += 1
            return state.takeWaiting()
        }
        for continuation in waiting { continuation.resume() }
    }

    func leave() {
        let waiting = state.withLock { state in
            state.count -= 1
            return state.takeWaiting()
        }
        for continuation in waiting { continuation.resume() }
    }

    private func wait(until isMet: @Sendable (borrowing State) -> Bool) async throws {
        while true {
            let id = state.withLock { state in
                state.lastWaiter += 1
                return state.lastWaiter
            }
            var isDone = false
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    isDone = state.withLock { state in
                        let isReady = isMet(state)
                        if !isReady, !Task.isCancelled {
                            state.waiting[id] = continuation
                            return false
                        }
                        return true
                    }
                    if isDone { continuation.resume() }
                }
            } onCancel: {
                state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
            }
            try Task.checkCancellation()
            if isDone { return }
        }
    }
}
