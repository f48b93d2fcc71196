import OctobotModel
import Synchronization

/// The jobs this daemon works on, so that one can be asked to give up.
final class RunningJobs: Sendable {
    private struct State {
        var cancels: [JobID: @Sendable () -> Void] = [:]
        var asked: Set<JobID> = []
    }

    private let state = Mutex(State())

    /// Says how a job that begins is cancelled; at once when that was asked for before.
    func begin(_ job: JobID, cancel: @escaping @Sendable () -> Void) {
        let isAsked = state.withLock { state in
            state.cancels[job] = cancel
            return state.asked.contains(job)
        }
        if isAsked { cancel() }
    }

    /// - Returns: Whether it had been asked to give up.
    func end(_ job: JobID) -> Bool {
        state.withLock { state in
            state.cancels[job] = nil
            return state.asked.remove(job) != nil
        }
    }

    /// Asks a claimed job to give up; ``forget(_:)`` it once it has ended.
    func cancel(_ job: JobID) {
        let cancel = state.withLock { state in
            state.asked.insert(job)
            return state.cancels[job]
        }
        cancel?()
    }

    /// Drops a request that came too late.
    func forget(_ job: JobID) { state.withLock { _ = $0.asked.remove(job) } }
}
