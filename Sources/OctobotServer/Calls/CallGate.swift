import JSONText
import OctobotModel
import Synchronization

/// Counts the calls that run and stops new ones at shutdown.
///
/// It also owns the tasks of calls that outlive their caller: durable ones, and those whose deadline passed.
final class CallGate: Sendable {
    private struct State {
        var isClosed = false
        var running = 0
        var lastTask: UInt64 = 0
        var tasks: [UInt64: Task<Void, Never>] = [:]
        var waiting: [CheckedContinuation<Void, Never>] = []

        mutating func takeWaitingIfIdle() -> [CheckedContinuation<Void, Never>] {
            guard running == 0, tasks.isEmpty else { return [] }
            defer { waiting = [] }
            return waiting
        }
    }

    private let clock: any Clock<Duration>
    private let state = Mutex(State())

    init(clock: any Clock<Duration>) { self.clock = clock }

    /// - Throws: `ShuttingDown` once the gate is closed.
    func enter() throws(Fault) {
        let isOpen = state.withLock { state in
            guard !state.isClosed else { return false }
            state.running += 1
            return true
        }
        guard isOpen else {
            throw Fault(
                .shuttingDown,
                "The daemon is stopping.",
                hint: "Connect again in a moment.",
                retryAfterMilliseconds: 1000
            )
        }
    }

    func leave() {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.running -= 1
            return state.takeWaitingIfIdle()
        }
        for continuation in waiting { continuation.resume() }
    }

    func close() {
        state.withLock { $0.isClosed = true }
    }

    /// Runs `work` so that only what may be cancelled is cancelled.
    ///
    /// A durable call without a deadline is awaited to its end whatever happens to the caller. With a deadline the
    /// answer comes in time; a durable call goes on without it, any other is cancelled.
    func run(
        isDurable: Bool,
        timeout: Duration?,
        _ work: @escaping @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        guard isDurable || timeout != nil else { return try await work() }
        let outcome = FirstOutcome<[UInt8]>()
        let task = own { outcome.settle(await Swift.Result(catching: work)) }
        let timer = timeout.map { timeout in
            Task { [clock] in
                do {
                    try await clock.sleep(for: timeout)
                    outcome.settle(.failure(Fault.deadlineExceeded(after: timeout, isDurable: isDurable)))
                    if !isDurable { task.cancel() }
                } catch {
                    // Cancelled because the call was answered in time.
                }
            }
        }
        defer { timer?.cancel() }
        return try await withTaskCancellationHandler {
            try await outcome.value
        } onCancel: {
            if !isDurable { task.cancel() }
        }
    }

    /// Returns once nothing runs, or when `limit` is over; tasks that are left are cancelled then.
    func drain(for limit: Duration) async {
        let timer = Task { [clock] in
            do {
                try await clock.sleep(for: limit)
                abandon()
            } catch {
                // Everything ended in time.
            }
        }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                guard state.running > 0 || !state.tasks.isEmpty else { return true }
                state.waiting.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
        timer.cancel()
    }

    private func own(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        state.withLock { state in
            state.lastTask += 1
            let id = state.lastTask
            let task = Task {
                await body()
                forget(id)
            }
            state.tasks[id] = task
            return task
        }
    }

    private func forget(_ id: UInt64) {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.tasks[id] = nil
            return state.takeWaitingIfIdle()
        }
        for continuation in waiting { continuation.resume() }
    }

    private func abandon() {
        let (tasks, waiting) = state.withLock { state in
            defer { state.waiting = [] }
            return (state.tasks.values, state.waiting)
        }
        for task in tasks { task.cancel() }
        for continuation in waiting { continuation.resume() }
    }
}

extension Fault {
    fileprivate static func deadlineExceeded(after timeout: Duration, isDurable: Bool) -> Fault {
        Fault(
            .deadlineExceeded,
            isDurable
                ? "No result after \(timeout); the call goes on and may still take effect."
                : "No result after \(timeout); the call was given up and changes nothing.",
            details: ["mayTakeEffect": .bool(isDurable)],
            hint: isDurable ? "Repeat it with the same idempotency key to learn the result." : nil
        )
    }
}

extension Swift.Result where Failure == any Error {
    fileprivate init(catching body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
