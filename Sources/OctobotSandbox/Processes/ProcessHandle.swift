import CLinux
import Foundation
import Synchronization

/// A process that need not be a child of ours.
///
/// It is held by a pidfd, so that its number cannot come to mean another process (pidfd_open(2)).
final class ProcessHandle: Sendable {
    private struct State {
        var hasEnded = false
        var next = 0
        var actions: [Int: @Sendable () -> Void] = [:]
    }

    /// What the watcher's thread and the handle share.
    private final class Ending: Sendable {
        let state = Mutex(State())

        func happen() {
            let actions = state.withLock { state in
                state.hasEnded = true
                defer { state.actions = [:] }
                return state.actions.values.map(\.self)
            }
            for action in actions { action() }
        }
    }

    let pid: pid_t
    /// Clock ticks after boot; with ``pid`` it names a process until the next boot.
    let startTime: UInt64
    private let descriptor: CInt
    private let ending = Ending()
    private let token: UInt64

    /// The living process `pid`; `nil` when there is none, or when it did not start at `startTime`.
    init?(pid: pid_t, startTime: UInt64? = nil) {
        guard pid > 1 else { return nil }
        let descriptor = clinux_pidfd_open(pid)
        guard descriptor >= 0 else { return nil }
        // Looked at after opening: what is compared is what the descriptor holds.
        guard let facts = ProcessFacts(pid: pid), facts.isAlive, startTime == nil || facts.startTime == startTime,
            let token = ProcessWatcher.shared.watch(descriptor, { [ending] in ending.happen() })
        else {
            close(descriptor)
            return nil
        }
        self.pid = pid
        self.startTime = facts.startTime
        self.descriptor = descriptor
        self.token = token
    }

    deinit {
        ProcessWatcher.shared.forget(token)
        close(descriptor)
    }

    /// Whether it has ended; a zombie counts as ended.
    var hasEnded: Bool {
        if ending.state.withLock({ $0.hasEnded }) { return true }
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, 0) == 1
    }

    /// Sends a signal; one that comes too late does nothing.
    func signal(_ number: CInt) {
        _ = clinux_pidfd_send_signal(descriptor, number)
    }

    /// Calls `action` once it has ended, at once if it has; on another thread, and briefly.
    func whenEnded(_ action: @escaping @Sendable () -> Void) {
        if register(action) == nil { action() }
    }

    /// Waits for its end, at most `limit`; cancellation returns early.
    ///
    /// - Returns: Whether it has ended.
    @discardableResult
    func waitForEnd(atMost limit: Duration) async -> Bool {
        let (ends, end) = AsyncStream<Void>.makeStream()
        guard let key = register({ end.finish() }) else { return true }
        defer { _ = ending.state.withLock { $0.actions.removeValue(forKey: key) } }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in ends {} }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { return }  // ok: the deadline itself
            }
            await group.next()
            group.cancelAll()
        }
        return hasEnded
    }

    private func register(_ action: @escaping @Sendable () -> Void) -> Int? {
        ending.state.withLock { state in
            guard !state.hasEnded else { return nil }
            state.next += 1
            state.actions[state.next] = action
            return state.next
        }
    }
}
