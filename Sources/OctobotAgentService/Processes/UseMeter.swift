import Foundation
import NIOPosix
import SandboxAgentAPI
import Synchronization

/// What the sandbox uses, as its processes and its home tell.
final class UseMeter: Sendable {
    private struct State {
        /// The most processor time seen: what ended unseen must not make it fall.
        var cpu: Int64 = 0
        var disk: HomeCount?
        /// When the home is counted anew.
        var dueAt = ContinuousClock.now
        var isCounting = false
    }

    /// How long a count of the home stands at least; a count that takes long stands a hundred times as long as it took.
    private static let standing = Duration.seconds(20)

    private let home: String
    private let isAlone: Bool
    private let state = Mutex(State())

    /// - Parameter isAlone: whether all processes there are to be seen are the sandbox's.
    init(home: String, isAlone: Bool) {
        self.home = home
        self.isAlone = isAlone
    }

    /// Looks now; the disk as it was counted last, which this may begin anew.
    func use() -> SandboxUse {
        let processes = processes()
        let ticks = processes.reduce(0) { $0 + $1.ticks }
        let milliseconds = ticks * 1000 / Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let memory = processes.reduce(Int64(0)) { $0 + Self.memory(of: $1.pid) }
        let (cpu, disk, isDue) = state.withLock { state in
            state.cpu = max(state.cpu, milliseconds)
            let isDue = ContinuousClock.now >= state.dueAt && !state.isCounting
            if isDue { state.isCounting = true }
            return (state.cpu, state.disk, isDue)
        }
        if isDue { NIOThreadPool.singleton.submit { _ in self.count() } }
        return SandboxUse(
            memoryBytes: memory,
            cpuMilliseconds: cpu,
            processes: processes.count,
            diskBytes: disk?.bytes,
            isDiskPartial: disk?.isPartial == true ? true : nil
        )
    }

    /// The sandbox's: without an isolation what this service has started, and whatever carries its home in its
    /// environment, which no other session has.
    private func processes() -> [ProcessTable.Entry] {
        if isAlone { return ProcessTable.entries().filter { !$0.isZombie } }
        let started = ProcessTree(leader: getpid(), scope: .marked("HOME=\(home)")).members()
        return started + [ProcessTable.entry(getpid())].compactMap { $0 }
    }

    /// Its share of resident memory, pages shared with others divided among them (proc_pid_smaps_rollup(5)); all of it
    /// where the kernel does not tell the share (proc_pid_statm(5)).
    private static func memory(of pid: pid_t) -> Int64 {
        let rollup = ProcessTable.contents("/proc/\(pid)/smaps_rollup", limit: 4096) ?? []
        let line = String(decoding: rollup, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("Pss:") }
        if let share = line?.split(separator: " ").dropFirst().first.flatMap({ Int64($0) }) { return share * 1024 }
        let sizes = ProcessTable.contents("/proc/\(pid)/statm", limit: 256) ?? []
        let pages = String(decoding: sizes, as: UTF8.self).split(separator: " ").dropFirst().first
        return (pages.flatMap { Int64($0) } ?? 0) * Int64(max(1, sysconf(Int32(_SC_PAGESIZE))))
    }

    private func count() {
        let begin = ContinuousClock.now
        let counted = HomeCount(home)
        let end = ContinuousClock.now
        state.withLock { state in
            state.disk = counted
            state.dueAt = end + max(Self.standing, begin.duration(to: end) * 100)
            state.isCounting = false
        }
    }
}
