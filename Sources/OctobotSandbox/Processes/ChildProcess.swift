import CLinux
import Foundation
import NIOPosix

/// Starts programs with nothing of the daemon's own: no descriptor, no signal setting, only the environment given.
///
/// NIO's sockets are not close-on-exec, so every start closes what is above the wanted descriptors.
enum ChildProcess {
    /// The program could not be started.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// What a short command left.
    struct Outcome: Sendable {
        /// 128 and more for a signal.
        var status: CInt
        /// Standard output and error together, at most 64 KiB.
        var output: String
    }

    /// Starts a program whose output goes to the file `log`; descriptor 3 writes to the file `report`, emptied first.
    ///
    /// - Returns: Its pid; the caller waits for it.
    static func start(
        _ arguments: [String],
        environment: [String: String],
        log: String,
        report: String
    ) throws(Failure) -> pid_t {
        try spawn(arguments, environment) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
            posix_spawn_file_actions_addopen(&actions, 3, report, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600)
            posix_spawn_file_actions_addclosefrom_np(&actions, 4)
        }
    }

    /// Runs a short command to its end; it is killed after `limit`.
    static func run(
        _ arguments: [String],
        environment: [String: String],
        limit: Duration = .seconds(10)
    ) async throws -> Outcome {
        let result = try await NIOThreadPool.singleton.runIfActive {
            Result { () throws(Failure) in try runBlocking(arguments, environment, limit: limit) }
        }
        return try result.get()
    }

    /// The same, on the thread of the caller.
    static func runBlocking(
        _ arguments: [String],
        _ environment: [String: String],
        limit: Duration
    ) throws(Failure) -> Outcome {
        var ends: [CInt] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw Failure(description: "no pipe: \(errnoText())") }
        defer { close(ends[0]) }
        // Above the targets first: a pipe may have got one of their numbers.
        let source = clinux_duplicate_above(ends[1], 10)
        close(ends[1])
        guard source >= 0 else { throw Failure(description: "no descriptor: \(errnoText(-source))") }
        let pid: pid_t
        do {
            defer { close(source) }
            pid = try spawn(arguments, environment) { actions in
                posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
                posix_spawn_file_actions_adddup2(&actions, source, 1)
                posix_spawn_file_actions_adddup2(&actions, source, 2)
                posix_spawn_file_actions_addclosefrom_np(&actions, 3)
            }
        }
        let output = read(ends[0], until: .now + limit)
        if output == nil { kill(pid, SIGKILL) }
        let status = wait(for: pid)
        guard let output else { throw Failure(description: "'\(arguments[0])' took longer than \(limit)") }
        return Outcome(status: status, output: String(decoding: output, as: UTF8.self))
    }

    /// Waits for a child.
    ///
    /// - Returns: Its exit status, 128 and more for a signal.
    @discardableResult
    static func wait(for pid: pid_t) -> CInt {
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { return 127 }
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// Reads to the end of the file; `nil` when that does not come in time.
    private static func read(_ descriptor: CInt, until deadline: ContinuousClock.Instant) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return nil }
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wait, 1, CInt(clamping: left.components.seconds * 1000 + 50))
            guard ready > 0 else { continue }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            if bytes.count < 65_536 { bytes += buffer[..<count] }
        }
    }

    private static func spawn(
        _ arguments: [String],
        _ environment: [String: String],
        _ files: (inout posix_spawn_file_actions_t) -> Void
    ) throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        files(&actions)
        posix_spawn_file_actions_addchdir_np(&actions, "/")
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        // Else an ignored SIGPIPE would be inherited.
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + variables { free(pointer) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, arguments[0], &actions, &attributes, &argv, &variables)
        guard result == 0 else {
            throw Failure(description: "'\(arguments[0])' could not be started: \(errnoText(result))")
        }
        return pid
    }
}

/// The system's text for an error number.
func errnoText(_ code: CInt = errno) -> String { String(cString: strerror(code)) }
