import Foundation
import NIOPosix
import SandboxAgentAPI
import Synchronization

/// What the sandbox uses, as its processes and its home tell.
final class UseMeter: Sendable {
    private struct State {
        /// The most processor time seen: what ended unseen must not make it fall.
        var cpu: Int64 = 0
        var disk: Int64?
        var countedAt: ContinuousClock.Instant?
        var isCounting = false
    }

    /// How long a count of the home stands.
    private static let standing = Duration.seconds(60)

    private let home: String
    private let state = Mutex(State())

    init(home: String) { self.home = home }

    /// Looks now; the disk as it was counted last, which this may begin anew.
    func use() -> SandboxUse {
        let processes = ProcessTable.entries().filter { !$0.isZombie }
        let ticks = processes.reduce(0) { $0 + $1.ticks }
        let milliseconds = ticks * 1000 / Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let memory = processes.reduce(Int64(0)) { $0 + Self.memory(of: $1.pid) }
        let (cpu, disk, isDue) = state.withLock { state in
            state.cpu = max(state.cpu, milliseconds)
            let isOld = state.countedAt.map { ContinuousClock.now - $0 > Self.standing } ?? true
            let isDue = isOld && !state.isCounting
            if isDue { state.isCounting = true }
            return (state.cpu, state.disk, isDue)
        }
        if isDue { NIOThreadPool.singleton.submit { _ in self.count() } }
        return SandboxUse(memoryBytes: memory, cpuMilliseconds: cpu, processes: processes.count, diskBytes: disk)
    }

    /// Its share of resident memory, pages shared with others divided among them (proc_pid_smaps_rollup(5)).
    private static func memory(of pid: pid_t) -> Int64 {
        guard let bytes = ProcessTable.contents("/proc/\(pid)/smaps_rollup", limit: 4096) else { return 0 }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("Pss:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0) * 1024
    }

    /// Adds up the blocks of every file in the home; links are not followed.
    private func count() {
        var total: Int64 = 0
        let names = FileManager.default.enumerator(atPath: home)
        while let name = names?.nextObject() as? String {
            var info = stat()
            if lstat(home + "/" + name, &info) == 0 { total += Int64(info.st_blocks) * 512 }
        }
        let counted = total
        state.withLock { state in
            state.disk = counted
            state.countedAt = .now
            state.isCounting = false
        }
    }
}
