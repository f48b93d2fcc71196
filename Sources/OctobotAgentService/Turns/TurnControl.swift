import Synchronization

/// The cancellation of one turn: asked for at any moment, before the agent has the prompt or after.
final class TurnControl: Sendable {
    private struct State {
        var isCancelled = false
        var cancelPrompt: (@Sendable () async -> Void)?
        var tasks: [Task<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let cancelled: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    init() {
        (cancelled, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Whether the agent has the prompt.
    var hasPrompt: Bool { state.withLock { $0.cancelPrompt != nil } }

    /// The agent has the prompt; `cancel` tells it to stop.
    func promptSent(cancel: @escaping @Sendable () async -> Void) {
        let isLate = state.withLock { state in
            state.cancelPrompt = cancel
            return state.isCancelled
        }
        if isLate { tell(cancel) }
    }

    /// Asks the turn to end.
    func cancel() {
        let cancelPrompt = state.withLock { state in
            defer { state.isCancelled = true }
            return state.isCancelled ? nil : state.cancelPrompt
        }
        if let cancelPrompt { tell(cancelPrompt) }
        ring.yield()
    }

    private func tell(_ cancel: @escaping @Sendable () async -> Void) {
        let task = Task { await cancel() }
        state.withLock { $0.tasks.append(task) }
    }

    /// Waits for ``cancel()``; false when the task is cancelled first.
    func waitForCancel() async -> Bool {
        for await _ in cancelled { return true }
        return false
    }
}
