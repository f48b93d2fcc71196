import OctobotSandbox
import Synchronization

/// Holds what came from the agent while the store commits what came before; bounded, so the agent waits when it is full.
final class ChunkBuffer: Sendable {
    private struct State {
        var chunks: [AgentChunk] = []
        var bytes = 0
        var end: TurnFollower.Outcome?
        var reader: CheckedContinuation<Void, Never>?
        var writer: CheckedContinuation<Void, Never>?
    }

    private static let limit = 1 << 20
    private let state = Mutex(State())

    /// Adds a chunk once there is room.
    func append(_ chunk: AgentChunk) async throws {
        await suspend(\.writer) { $0.bytes < Self.limit }
        try Task.checkCancellation()
        let reader = state.withLock { state in
            state.chunks.append(chunk)
            state.bytes += chunk.bytes.count
            return state.reader.take()
        }
        reader?.resume()
    }

    /// Says that nothing follows, and why.
    func close(_ end: TurnFollower.Outcome) {
        let reader = state.withLock { state in
            state.end = end
            return state.reader.take()
        }
        reader?.resume()
    }

    /// Everything that has come since the last time, waiting for at least a chunk or the end.
    func drain() async throws -> (chunks: [AgentChunk], end: TurnFollower.Outcome?) {
        await suspend(\.reader) { !$0.chunks.isEmpty || $0.end != nil }
        try Task.checkCancellation()
        let (result, writer) = state.withLock { state in
            let result = (chunks: state.chunks, end: state.end)
            state.chunks = []
            state.bytes = 0
            return (result, state.writer.take())
        }
        writer?.resume()
        return result
    }

    private func suspend(
        _ slot: any WritableKeyPath<State, CheckedContinuation<Void, Never>?> & Sendable,
        until isReady: @Sendable (borrowing State) -> Bool
    ) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumes = state.withLock { state in
                    if Task.isCancelled || isReady(state) { return true }
                    state[keyPath: slot] = continuation
                    return false
                }
                if resumes { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0[keyPath: slot].take() }?.resume()
        }
    }
}
