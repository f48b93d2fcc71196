import CLinux
import Foundation
import Synchronization

/// A coding agent's process: standard streams piped, a process group of its own, no other descriptor inherited.
final class AgentProcess: Sendable {
    /// The process could not be started.
    struct StartFailure: Error, CustomStringConvertible {
        var description: String
    }

    let pid: pid_t
    /// Our ends of its standard input and output; whoever reads them owns them.
    let input: CInt
    let output: CInt
    private let errors: StandardErrorTail
    private let exited: AsyncStream<CInt>
    private let status = Mutex<CInt?>(nil)

    /// - Parameter command: program and arguments; the program is looked up in the `PATH` of `environment`.
    init(command: [String], environment: [String: String], directory: String) throws(StartFailure) {
        guard let name = command.first, let program = Self.find(name, path: environment["PATH"]) else {
            throw StartFailure(
                description: "The agent's command '\(command.first ?? "")' was not found in this sandbox's PATH."
            )
        }
        let stdin = try Self.makePipe()
        let stdout = try Self.makePipe()
        let stderr = try Self.makePipe()
        defer { for end in [stdin.read, stdout.write, stderr.write] { close(end) } }
        let pid: pid_t
        do throws(ProcessSpawn.Failure) {
            pid = try ProcessSpawn(
                program: program,
                arguments: command,
                environment: environment,
                directory: directory,
                streams: .descriptors([stdin.read, stdout.write, stderr.write])
            ).start()
        } catch {
            for end in [stdin.write, stdout.read, stderr.read] { close(end) }
            throw StartFailure(description: "The agent's command '\(name)' could not be started: \(error).")
        }
        self.pid = pid
        input = stdin.write
        output = stdout.read
        errors = StandardErrorTail(descriptor: stderr.read)
        let (exited, exit) = AsyncStream<CInt>.makeStream()
        self.exited = exited
        Thread.detachNewThread { [self] in
            var code: CInt = 0
            while waitpid(pid, &code, 0) < 0, errno == EINTR {}
            status.withLock { $0 = code }
            exit.yield(code)
            exit.finish()
        }
    }

    /// Whether the process has not ended.
    var isRunning: Bool { status.withLock { $0 == nil } }

    /// The last lines it wrote to its standard error.
    var errorTail: [String] { errors.lines }

    /// Its exit status, 128 and more for a signal; `nil` while it runs.
    var exitStatus: CInt? {
        status.withLock { $0 }.map { $0 & 0x7F == 0 ? ($0 >> 8) & 0xFF : 128 + ($0 & 0x7F) }
    }

    /// How it ended, for people; `nil` while it runs.
    var ending: String? {
        status.withLock { $0 }.map { code in
            code & 0x7F == 0 ? "exited with status \((code >> 8) & 0xFF)" : "was killed by signal \(code & 0x7F)"
        }
    }

    /// Waits until it has ended, at most `limit`.
    func waitForExit(_ limit: Duration) async -> Bool {
        guard isRunning else { return true }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { [exited] in
                for await _ in exited { return true }
                return true
            }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { return false }  // ok: the deadline
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first || !isRunning
        }
    }

    /// Sends a signal to the whole group.
    func signalGroup(_ number: CInt) {
        _ = kill(-pid, number)
    }

    /// Ends the process and all its group: SIGTERM, then SIGKILL.
    func end(terminateAfter: Duration = .seconds(2), killAfter: Duration = .seconds(3)) async {
        if await !waitForExit(terminateAfter) {
            signalGroup(SIGTERM)
            _ = await waitForExit(killAfter)
        }
        signalGroup(SIGKILL)
        _ = await waitForExit(.seconds(5))
    }

    private static func find(_ name: String, path: String?) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        let folders = (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    private static func makePipe() throws(StartFailure) -> (read: CInt, write: CInt) {
        var ends: [CInt] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else {
            throw StartFailure(description: "No pipe for the agent: \(errnoText()).")
        }
        return (ends[0], ends[1])
    }
}
