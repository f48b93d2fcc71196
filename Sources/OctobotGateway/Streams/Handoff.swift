import Synchronization

/// Hands frames from the task that reads a log to the one that writes them: the next is read when this one is taken.
///
/// One giver, one taker.
final class Handoff<Frame: Sendable>: Sendable {
    private struct State {
        var frame: Frame?
        var isOver = false
        var giver: CheckedContinuation<Void, Never>?
        var taker: CheckedContinuation<Void, Never>?

        mutating func takeWaiting() -> [CheckedContinuation<Void, Never>] {
            defer { (giver, taker) = (nil, nil) }
            return [giver, taker].compactMap { $0 }
        }
    }

    private let state = Mutex(State())

    /// Offers a frame and waits until it was taken; `false` when nobody takes any more.
    func give(_ frame: Frame) async -> Bool {
        change { state in
            if !state.isOver { state.frame = frame }
        }
        await wait(until: { $0.frame == nil || $0.isOver }, orStore: { $0.giver = $1 })
        return state.withLock { !$0.isOver }
    }

    /// Nothing is given or taken from now on; a frame that was offered is still taken.
    func end() {
        change { $0.isOver = true }
    }

    /// The next frame; `nil` when there is none and none will come.
    func take() async -> Frame? {
        await wait(until: { $0.frame != nil || $0.isOver }, orStore: { $0.taker = $1 })
        var frame: Frame?
        let waiting = state.withLock { state in
            frame = state.frame
            state.frame = nil
            return state.takeWaiting()
        }
        for continuation in waiting { continuation.resume() }
        return frame
    }

    private func change(_ body: (inout State) -> Void) {
        let waiting = state.withLock { state in
            body(&state)
            return state.takeWaiting()
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when it is as asked; ends everything when the task is cancelled.
    private func wait(
        until isMet: @Sendable (borrowing State) -> Bool,
        orStore store: @Sendable (inout State, CheckedContinuation<Void, Never>) -> Void
    ) async {
        await withTaskCancellationHandler {
            while !state.withLock({ isMet($0) }) {
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        if isMet(state) { return true }
                        store(&state, continuation)
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            }
        } onCancel: {
            end()
        }
    }
}
