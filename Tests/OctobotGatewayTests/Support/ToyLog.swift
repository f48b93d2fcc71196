import OctobotModel
import OctobotServices
import Synchronization

/// A log in memory whose readers wait for more, and which counts what was read.
final class ToyLog: Sendable {
    private struct State {
        var entries: [LogEntry] = []
        var end: String?
        /// A position after which entries are no longer kept, and the oldest one kept.
        var gap: (from: Int, to: Int)?
        var waiting: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var lastWaiter: UInt64 = 0
        var pulls = 0
        var cancelled = 0
    }

    let name: String
    private let state = Mutex(State())

    init(_ name: String) { self.name = name }

    var pulls: Int { state.withLock { $0.pulls } }
    var cancelledReaders: Int { state.withLock { $0.cancelled } }
    var head: String { "\(name):\(state.withLock { $0.entries.count })" }

    func append(_ type: String = "job_completed", data: String, turn: TurnID? = nil) {
        wake { state in
            let n = state.entries.count + 1
            state.entries.append(
                LogEntry(
                    cursor: "\(name):\(n)",
                    at: Timestamp(milliseconds: 1_700_000_000_000),
                    type: type,
                    turnID: turn,
                    n: n,
                    payload: Array(data.utf8),
                    data: Array(data.utf8)
                )
            )
        }
    }

    /// From now on the entries after `from` up to `to` are gone.
    func prune(after from: Int, upTo to: Int) { wake { $0.gap = (from, to) } }

    func end(_ reason: String = "turnEnded") { wake { $0.end = reason } }

    func reader(from position: Int = 0) -> LogReader {
        let next = Mutex(position)
        let synced = Mutex(false)
        return LogReader(cursor: "\(name):\(position)", head: head) { [self] in
            while true {
                let element = state.withLock { state -> LogElement? in
                    let position = next.withLock { $0 }
                    if let gap = state.gap, gap.from == position {
                        next.withLock { $0 = gap.to }
                        return .gap(reason: "retention", from: "\(name):\(position)", to: "\(name):\(gap.to)")
                    }
                    if position < state.entries.count {
                        next.withLock { $0 += 1 }
                        state.pulls += 1
                        return .entry(state.entries[position])
                    }
                    if let end = state.end { return .end(reason: end, resume: "\(name):\(position)") }
                    if synced.withLock({ $0 }) { return nil }
                    synced.withLock { $0 = true }
                    return .synced(cursor: "\(name):\(position)")
                }
                if let element { return element }
                try await wait(beyond: next.withLock { $0 })
            }
        }
    }

    private func wait(beyond position: Int) async throws {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isReady = state.withLock { state in
                    if Task.isCancelled || state.entries.count > position || state.end != nil { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                state.cancelled += 1
                return state.waiting.removeValue(forKey: id)
            }
            continuation?.resume(throwing: CancellationError())
        }
        try Task.checkCancellation()
    }

    private func wake(_ change: (inout sending State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }
}
