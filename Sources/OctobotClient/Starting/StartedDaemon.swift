import CLinux
import Foundation

/// A daemon this process has started and does not own: it outlives us.
struct StartedDaemon {
    private let pid: pid_t
    private let logFile: String
    /// Where the log ended before.
    private let logStart: UInt64

    /// Starts it in a session of its own, with its output in the log and no descriptor of ours.
    init(_ starter: DaemonStarter) throws(ClientError) {
        guard let executable = starter.executable else {
            throw .notStarted(
                reason: "there is no octobotd beside this program or on PATH",
                logFile: starter.logFile
            )
        }
        logFile = starter.logFile
        do {
            try FileManager.default.createDirectory(
                at: URL(filePath: starter.logFile).deletingLastPathComponent(),
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw .notStarted(reason: "the folder of \(starter.logFile) cannot be made (\(error))", logFile: logFile)
        }
        logStart = Self.size(of: starter.logFile)
        switch Self.spawn(executable, starter) {
        case .success(let pid): self.pid = pid
        case .failure(let problem):
            throw .notStarted(reason: "\(executable): \(problem.text)", logFile: starter.logFile)
        }
    }

    private struct Problem: Error {
        var text: String
    }

    private static func spawn(_ executable: String, _ starter: DaemonStarter) -> Result<pid_t, Problem> {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, starter.logFile, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Sockets of NIO are not close-on-exec, and the daemon must not pin the folder we were called in.
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        posix_spawn_file_actions_addchdir_np(&actions, "/")
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes,
            clinux_posix_spawn_setsid() | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
        )
        let arguments = [strdup(executable)]
        let variables = starter.environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, executable, &actions, &attributes, arguments + [nil], variables + [nil])
        guard code == 0 else { return .failure(Problem(text: String(cString: strerror(code)))) }
        return .success(pid)
    }

    /// What it said and why it is gone, when it ended with a failure; `nil` while it runs.
    ///
    /// Ending without one is no failure: another daemon was faster.
    func failure() -> String? {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid, status != 0 else { return nil }
        let signal = status & 0x7f
        let ending = signal == 0 ? "it ended with status \((status >> 8) & 0xff)" : "it was ended by signal \(signal)"
        let said = Self.text(of: logFile, from: logStart)
        return said.isEmpty ? ending : said
    }

    private static func size(of path: String) -> UInt64 {
        // A log that is not there yet starts at its beginning.
        guard let handle = FileHandle(forReadingAtPath: path), let size = try? handle.seekToEnd() else { return 0 }
        return size
    }

    /// The last line of what was written since.
    private static func text(of path: String, from start: UInt64) -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else { return "" }
        do {
            let end = try handle.seekToEnd()
            try handle.seek(toOffset: max(start, end < 4096 ? 0 : end - 4096))
            let text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
            return text.split(separator: "\n").last.map(String.init) ?? ""
        } catch {
            // The status has to be enough.
            return ""
        }
    }
}
