import CLinux
import Foundation

/// The processes of this sandbox, from `/proc`.
enum ProcessTable {
    /// One line of `/proc/PID/stat` (proc_pid_stat(5)).
    struct Entry: Equatable {
        var pid: pid_t
        var parent: pid_t
        var group: pid_t
        var session: pid_t
        /// Ended, and not yet waited for.
        var isZombie: Bool
        /// Clock ticks it used, those of children it waited for included.
        var ticks: Int64
        /// Clock ticks from the machine's start to its own.
        var startTime: UInt64

        /// Reads the text of `/proc/PID/stat`; the name in it may hold anything, so what counts follows the last `)`.
        init?(pid: pid_t, stat: String) {
            guard let end = stat.lastIndex(of: ")") else { return nil }
            let fields = stat[stat.index(after: end)...].split(separator: " ")
            guard fields.count > 19, let parent = pid_t(fields[1]), let group = pid_t(fields[2]),
                let session = pid_t(fields[3]), let start = UInt64(fields[19].filter(\.isNumber))
            else { return nil }
            self.pid = pid
            self.parent = parent
            self.group = group
            self.session = session
            isZombie = fields[0] == "Z" || fields[0] == "X"
            ticks = fields[11...14].reduce(0) { $0 + (Int64($1) ?? 0) }
            startTime = start
        }
    }

    /// All of them, in no order.
    static func entries() -> [Entry] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var entries: [Entry] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let pid = pid_t(name), let found = self.entry(pid) { entries.append(found) }
        }
        return entries
    }

    static func entry(_ pid: pid_t) -> Entry? {
        contents("/proc/\(pid)/stat", limit: 4096).flatMap {
            Entry(pid: pid, stat: String(decoding: $0, as: UTF8.self))
        }
    }

    /// The first bytes of a file of `/proc`; `nil` when it cannot be read.
    static func contents(_ path: String, limit: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: limit)
        var length = 0
        while length < limit {
            let count = bytes.withUnsafeMutableBytes {
                read(file, $0.baseAddress?.advanced(by: length), limit - length)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { break }
            length += count
        }
        bytes.removeLast(limit - length)
        return bytes
    }
}
