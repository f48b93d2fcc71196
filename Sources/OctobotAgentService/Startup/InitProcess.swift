import CLinux
import Foundation

/// PID 1 of a container: starts the service as a child, passes signals on to it and reaps every orphan.
///
/// The service itself is a process of its own, so that reaping never takes away the status of a child it waits for.
package enum InitProcess {
    /// Whether this process is PID 1 and has to do this work.
    package static var isNeeded: Bool { getpid() == 1 }

    /// Runs the same command line as a child; returns the exit status to leave with.
    ///
    /// To be called on the first thread, before there is another one.
    package static func run(executable: String, arguments: [String]) -> CInt {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGCHLD] { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        _ = clinux_set_dumpable(0)
        guard let child = spawn(executable, arguments) else { return 1 }
        var isEnding = false
        while true {
            var number: CInt = 0
            sigwait(&signals, &number)
            guard number == SIGCHLD else {
                isEnding = true
                kill(child, number)
                continue
            }
            if let status = reap(child) {
                kill(-1, SIGKILL)
                guard status & 0x7F == 0 else { return isEnding ? 0 : 128 + (status & 0x7F) }
                return (status >> 8) & 0xFF
            }
        }
    }

    /// Reaps everything that has ended; the status of `child` when it was among it.
    private static func reap(_ child: pid_t) -> CInt? {
        var result: CInt?
        while true {
            var status: CInt = 0
            let pid = waitpid(-1, &status, WNOHANG)
            guard pid > 0 else { return result }
            if pid == child { result = status }
        }
    }

    private static func spawn(_ executable: String, _ arguments: [String]) -> pid_t? {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + variables { free(pointer) } }
        var pid: pid_t = 0
        return posix_spawn(&pid, executable, nil, &attributes, &argv, &variables) == 0 ? pid : nil
    }
}
