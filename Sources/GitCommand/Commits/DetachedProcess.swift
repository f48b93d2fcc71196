import CLinux
import Dispatch
import Foundation

/// A process of a session of its own that no cancellation and no end of this process reaches.
struct DetachedProcess: Sendable {
    /// Also the id of its session and process group.
    let pid: Int32

    /// Starts a program found on the environment's PATH.
    ///
    /// - Parameter output: The open file of its standard output and error; it gets no other descriptor.
    static func start(
        _ program: String,
        _ arguments: [String],
        environment: [String: String],
        output: Int32
    ) throws(GitError) -> DetachedProcess {
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        let candidates = folders.map { "\($0)/\(program)" }
        guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else {
            throw .missingProgram(program)
        }
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // Out of the way of the targets.
        let source = clinux_duplicate_above(output, 10)
        guard source >= 0 else { throw .fileSystem("no descriptor: \(String(cString: strerror(-source)))") }
        defer { close(source) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, source, 1)
        posix_spawn_file_actions_adddup2(&actions, source, 2)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
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
        let texts = ([program] + arguments).map { strdup($0) }
        let variables = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for pointer in texts + variables { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, path, &actions, &attributes, texts + [nil], variables + [nil])
        guard code == 0 else { throw .fileSystem("cannot start \(path): \(String(cString: strerror(code)))") }
        return DetachedProcess(pid: pid)
    }

    /// Waits for its end, on a thread that may block; kills its whole group after `limit`.
    ///
    /// - Returns: Its exit status, 128 and the number for a signal.
    func ended(within limit: Duration) async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: wait(limit)) }
        }
    }

    private func wait(_ limit: Duration) -> Int32 {
        let descriptor = clinux_pidfd_open(pid)
        if descriptor >= 0 {
            defer { close(descriptor) }
            let deadline = ContinuousClock.now + limit
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            while true {
                let left = (deadline - .now) / .milliseconds(1)
                let ready = Glibc.poll(&poll, 1, Int32(max(left, 0)))
                if ready > 0 { break }
                if ready == 0 {
                    kill(-pid, SIGKILL)
                    break
                }
            }
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { return 127 }
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
}
