import Foundation

/// What `/proc` says of a process (proc_pid_stat(5)).
struct ProcessFacts: Sendable, Equatable {
    var state: UInt8
    var parent: pid_t
    var session: pid_t
    /// Clock ticks after boot.
    var startTime: UInt64

    /// `nil` when there is no such process.
    init?(pid: pid_t) {
        guard let text = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
        self.init(stat: Array(text))
    }

    /// Reads a line of `/proc/PID/stat`; the name in it may hold anything, so fields count from its last `)`.
    init?(stat: [UInt8]) {
        guard let end = stat.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = stat[(end + 1)...].split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        guard fields.count > 19, let state = fields[0].first,
            let parent = pid_t(String(decoding: fields[1], as: UTF8.self)),
            let session = pid_t(String(decoding: fields[3], as: UTF8.self)),
            let startTime = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        self.state = state
        self.parent = parent
        self.session = session
        self.startTime = startTime
    }

    /// A zombie is dead, whether or not anybody reaps it.
    var isAlive: Bool { state != UInt8(ascii: "Z") && state != UInt8(ascii: "X") }

    /// Tells this boot of the machine from every other.
    static var bootID: String {
        let bytes = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") ?? Data()
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Now, in the unit of ``startTime``.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        let ticks = UInt64(max(sysconf(Int32(_SC_CLK_TCK)), 1))
        return UInt64(time.tv_sec) * ticks + UInt64(time.tv_nsec) * ticks / 1_000_000_000
    }

    /// Every living process of a session (setsid(2)).
    static func members(ofSession session: pid_t) -> [ProcessHandle] { living { $0.session == session } }

    /// The living children of a process.
    static func children(of parent: pid_t) -> [ProcessHandle] { living { $0.parent == parent } }

    private static func living(where fits: (ProcessFacts) -> Bool) -> [ProcessHandle] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.compactMap { pid in
            guard let facts = ProcessFacts(pid: pid), fits(facts) else { return nil }
            return ProcessHandle(pid: pid, startTime: facts.startTime)
        }
    }
}
