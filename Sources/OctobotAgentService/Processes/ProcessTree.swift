import CLinux
import Foundation

/// Everything that one program has started, as far as it can be told from outside.
struct ProcessTree: Sendable {
    /// Who belongs to it.
    enum Scope: Sendable {
        /// The session the leader leads.
        case session
        /// Session, group and descendants of the leader, and whoever carries the mark in its environment, so that
        /// daemons that left all three are found as well.
        case marked(String)
    }

    /// How many are waited for at a time: each takes a descriptor.
    private static let watched = 200

    /// The first process; not waited for before the tree has ended, so that its number is nobody else's.
    let leader: pid_t
    let scope: Scope

    /// Kills all of it and waits until it is gone, at most `limit`.
    func kill(limit: Duration = .seconds(5)) {
        let deadline = ContinuousClock.now + limit
        while true {
            let members = members()
            let handles = members.prefix(Self.watched).compactMap { ProcessHandle($0) }
            // At one stroke, so that a group that forks as fast as it dies ends.
            _ = CLinux.kill(-leader, SIGKILL)
            for handle in handles { handle.kill() }
            for entry in members.dropFirst(Self.watched) { _ = CLinux.kill(entry.pid, SIGKILL) }
            guard !members.isEmpty, wait(for: handles, until: deadline) else { return }
        }
    }

    /// Waits until no member is left, at most to `deadline`; the leader counts only while it has not ended.
    ///
    /// - Returns: whether none is left.
    func waitForEnd(until deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let members = members()
            guard !members.isEmpty else { return true }
            let handles = members.prefix(Self.watched).compactMap { ProcessHandle($0) }
            guard wait(for: handles, until: deadline) else { return false }
        }
    }

    /// Waits for the end of any of them; `false` after the deadline.
    private func wait(for handles: [ProcessHandle], until deadline: ContinuousClock.Instant) -> Bool {
        // Without a handle they are looked at again, though not without a pause.
        let limit = handles.isEmpty ? min(deadline, .now + .milliseconds(20)) : deadline
        let ready = waitReady(handles.map { ($0.descriptor, POLLIN) }, until: limit)
        return ready.contains { $0 != 0 } || ContinuousClock.now < deadline
    }

    /// Those of its processes that have not ended.
    func members() -> [ProcessTable.Entry] {
        let entries = ProcessTable.entries().filter { !$0.isZombie }
        switch scope {
        case .session: return entries.filter { $0.session == leader }
        case .marked(let mark):
            var family: Set = [leader]
            var added = true
            while added {
                added = false
                for entry in entries where family.contains(entry.parent) && family.insert(entry.pid).inserted {
                    added = true
                }
            }
            return entries.filter { entry in
                guard entry.pid != getpid() else { return false }
                return family.contains(entry.pid) || entry.session == leader || entry.group == leader
                    || Self.carries(entry.pid, mark)
            }
        }
    }

    private static func carries(_ pid: pid_t, _ mark: String) -> Bool {
        guard let environment = ProcessTable.contents("/proc/\(pid)/environ", limit: 128 << 10) else { return false }
        let wanted = Array(mark.utf8)
        return environment.split(separator: 0).contains { $0.elementsEqual(wanted) }
    }
}

/// One process that stays the same one, whatever its number is given to later.
private final class ProcessHandle {
    let descriptor: CInt

    /// `nil` when it is gone.
    init?(_ entry: ProcessTable.Entry) {
        descriptor = clinux_pidfd_open(entry.pid)
        guard descriptor >= 0 else { return nil }
        guard ProcessTable.entry(entry.pid)?.startTime == entry.startTime else { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func kill() {
        _ = clinux_pidfd_send_signal(descriptor, SIGKILL)
    }
}
