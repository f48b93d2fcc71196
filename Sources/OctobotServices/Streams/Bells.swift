package import OctobotAPI
package import OctobotModel
import Synchronization

/// Something a task can wait for a change of.
package enum Bell: Hashable, Sendable {
    case events(ProjectID)
    case chat(SessionID)
    /// A root shell printed something, gained or lost a viewer, or ended.
    case rootShell(SessionID, TerminalID)
    /// Work for the session's turn runner: a prompt, an answer, a cancellation.
    case turns(SessionID)
    /// A job was enqueued, came due or ended.
    case jobs
    /// A session's sandbox came up.
    case sandboxes
    /// A login at a provider ended.
    case logins
}

/// Wakes the tasks that wait for a change; many rings before a waiter looks make one wake-up.
package final class Bells: Sendable {
    private struct State {
        var nextID: UInt64 = 0
        var listeners: [Bell: [UInt64: Weak]] = [:]
    }

    private struct Weak: Sendable {
        weak let listener: Listener?
    }

    private let state = Mutex(State())

    package init() {}

    /// Wakes everybody who listens to `bell`.
    package func ring(_ bell: Bell) {
        let listeners = state.withLock { $0.listeners[bell, default: [:]].values.compactMap(\.listener) }
        for listener in listeners { listener.ring() }
    }

    /// Listens to `bell` until the returned value is released.
    ///
    /// Listen first, then look at the state, then wait: a ring in between is kept.
    package func listen(to bell: Bell) -> Listener {
        state.withLock { state in
            state.nextID += 1
            let id = state.nextID
            let listener = Listener { [weak self] in self?.remove(id, from: bell) }
            state.listeners[bell, default: [:]][id] = Weak(listener: listener)
            return listener
        }
    }

    private func remove(_ id: UInt64, from bell: Bell) {
        state.withLock { state in
            state.listeners[bell]?.removeValue(forKey: id)
            if state.listeners[bell]?.isEmpty == true { state.listeners.removeValue(forKey: bell) }
        }
    }

    /// One listener; waited on by one task at a time.
    package final class Listener: Sendable {
        private struct State {
            var hasRung = false
            var waiter: CheckedContinuation<Void, Never>?
        }

        private let state = Mutex(State())
        private let onRelease: @Sendable () -> Void

        fileprivate init(onRelease: @escaping @Sendable () -> Void) { self.onRelease = onRelease }

        deinit { onRelease() }

        /// Wakes this listener alone.
        package func ring() {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                if state.waiter == nil { state.hasRung = true }
                return state.waiter
            }
            waiter?.resume()
        }

        /// Returns after the next ring, at once when it rang since the last wait.
        package func wait() async throws(CancellationError) {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        if state.hasRung || Task.isCancelled {
                            state.hasRung = false
                            return true
                        }
                        state.waiter = continuation
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            } onCancel: {
                ring()
            }
            if Task.isCancelled { throw CancellationError() }
        }

        /// Like ``wait()``, but returns after `limit` at the latest.
        package func wait(atMost limit: Duration) async throws(CancellationError) {
            let alarm = Task {
                try await Task.sleep(for: limit)  // ok: the alarm itself
                ring()
            }
            defer { alarm.cancel() }
            try await wait()
        }
    }
}
