import CLinux
import Foundation
import Synchronization

/// Tells when processes end, from one sleeping thread for all of them (epoll(7) on pidfds).
final class ProcessWatcher: Sendable {
    /// For the life of the process, as its thread.
    static let shared = ProcessWatcher()

    private struct State {
        var next: UInt64 = 0
        var actions: [UInt64: @Sendable () -> Void] = [:]
    }

    private let epoll: CInt
    private let state = Mutex(State())

    private init() {
        epoll = clinux_epoll_create()
        guard epoll >= 0 else { return }
        Thread.detachNewThread { [self] in run() }
    }

    /// Calls `action` once when the process behind `pidfd` has ended, on the watcher's thread.
    ///
    /// - Returns: What to ``forget(_:)``; `nil` when the kernel has no room for it.
    func watch(_ pidfd: CInt, _ action: @escaping @Sendable () -> Void) -> UInt64? {
        let token = state.withLock { state in
            state.next += 1
            state.actions[state.next] = action
            return state.next
        }
        guard epoll >= 0, clinux_epoll_add_once(epoll, pidfd, token) == 0 else {
            forget(token)
            return nil
        }
        return token
    }

    /// Drops the action of a watch; closing the descriptor ends the watch itself.
    func forget(_ token: UInt64) {
        _ = state.withLock { $0.actions.removeValue(forKey: token) }
    }

    private func run() {
        var token: UInt64 = 0
        while clinux_epoll_next(epoll, &token) == 0 {
            state.withLock { $0.actions.removeValue(forKey: token) }?()
        }
    }
}
