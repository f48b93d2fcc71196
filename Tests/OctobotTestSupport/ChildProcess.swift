package import CLinux
import Foundation
import Synchronization

/// A program started by a test: its output goes to a file, it gets no descriptor it was not given.
package final class ChildProcess: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// How a process ended: its exit status, or 128 and the number of the signal.
    package typealias Status = Int32

    package let pid: pid_t
    private let exit: Task<Status, Never>

    /// Starts `executable`, an absolute path.
    ///
    /// - Parameters:
    ///   - output: The file standard output and error are appended to; nowhere when `nil`.
    ///   - errors: The file of standard error alone.
    ///   - inherited: Descriptors the child sees as 3, 4, ….
    package init(
        _ executable: String,
        _ arguments: [String] = [],
        environment: [String: String],
        directory: String? = nil,
        input: String = "/dev/null",
        output: String? = nil,
        errors: String? = nil,
        inherited: [Int32] = []
    ) throws {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // Sources move out of the way of the targets first.
        let sources = inherited.map { clinux_duplicate_above($0, 64) }
        defer { for source in sources { close(source) } }
        let append = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", append, 0o600)
        if let errors {
            posix_spawn_file_actions_addopen(&actions, 2, errors, append, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
        for (index, source) in sources.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, source, Int32(3 + index))
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, Int32(3 + sources.count))
        if let directory { posix_spawn_file_actions_addchdir_np(&actions, directory) }
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
        let argv = ([executable] + arguments).map { strdup($0) }
        let variables = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for pointer in argv + variables { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, executable, &actions, &attributes, argv + [nil], variables + [nil])
        guard code == 0 else { throw Failure(description: "\(executable): \(String(cString: strerror(code)))") }
        self.pid = pid
        exit = Task { [pid] in
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    var status: Int32 = 0
                    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                    let signal = status & 0x7f
                    continuation.resume(returning: signal == 0 ? (status >> 8) & 0xff : 128 + signal)
                }
            }
        }
    }

    /// Sends a signal to the process alone.
    package func send(_ signal: Int32) { kill(pid, signal) }

    /// How it ended, once it has.
    package var status: Status {
        get async { await exit.value }
    }
}
