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
    private struct State {
        /// As wait(2) has it; `nil` while it runs.
        var status: CInt?
        var isReaped = false
    }

    private let state = Mutex(State())
    private let ended = EndSignal()
    private let tree: ProcessTree

    /// The name of a variable that marks one process and all it starts; marks of several levels stand side by side.
    static func makeMark() -> String {
        "OCTOBOT_PROCESS_" + UUID().uuidString.filter { $0 != "-" }
    }

    /// - Parameters:
    ///   - command: program and arguments; the program is looked up in the `PATH` of `environment`.
    ///   - mask: what must not be seen in its last words.
    ///   - mark: a variable that everything it starts has in its environment.
    ///   - tap: what its standard streams pass through.
    init(
        command: [String],
        environment: [String: String],
        directory: String,
        mask: SecretMask = SecretMask(),
        mark: String = AgentProcess.makeMark(),
        tap: TrafficTap? = nil
    ) throws(StartFailure) {
        guard let name = command.first, let program = Self.find(name, path: environment["PATH"]) else {
            throw StartFailure(
                description: "The agent's command '\(command.first ?? "")' was not found in this sandbox's PATH."
            )
        }
        let stdin = try Self.makePipe()
        let stdout = try Self.makePipe()
        let stderr = try Self.makePipe()
        let near = try Self.makePipe(for: tap)
        let far = try Self.makePipe(for: tap)
        defer { for end in [stdin.read, stdout.write, stderr.write] { close(end) } }
        var environment = environment
        environment[mark] = "1"
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
            for pipe in [near, far].compactMap({ $0 }) { for end in [pipe.read, pipe.write] { close(end) } }
            throw StartFailure(description: "The agent's command '\(name)' could not be started: \(error).")
        }
        self.pid = pid
        tree = ProcessTree(leader: pid, scope: .marked("\(mark)=1"))
        if let tap, let near, let far {
            tap.pass(from: near.read, to: stdin.write, as: .octobot)
            tap.pass(from: stdout.read, to: far.write, as: .agent)
            (input, output) = (near.write, far.read)
        } else {
            (input, output) = (stdin.write, stdout.read)
        }
        errors = StandardErrorTail(descriptor: stderr.read, mask: mask)
        Thread.detachNewThread { [self] in
            // Its number stays its own until all it has started is gone.
            var facts = siginfo_t()
            while waitid(P_PID, id_t(pid), &facts, WEXITED | WNOWAIT) < 0, errno == EINTR {}
            let code = facts._sifields._sigchld.si_status
            state.withLock { $0.status = facts.si_code == CInt(CLD_EXITED) ? code << 8 : code & 0x7F }
            ended.end()
        }
    }

    deinit { reap() }

    /// Takes its number back, once it has ended.
    private func reap() {
        let isDue = state.withLock { state in
            guard state.status != nil, !state.isReaped else { return false }
            state.isReaped = true
            return true
        }
        guard isDue else { return }
        var code: CInt = 0
        while waitpid(pid, &code, 0) < 0, errno == EINTR {}
    }

    /// Whether the process has not ended.
    var isRunning: Bool { state.withLock { $0.status == nil } }

    /// The last lines it wrote to its standard error.
    var errorTail: [String] { errors.lines }

    /// Its exit status, 128 and more for a signal; `nil` while it runs.
    var exitStatus: CInt? {
        state.withLock { $0.status }.map { $0 & 0x7F == 0 ? ($0 >> 8) & 0xFF : 128 + ($0 & 0x7F) }
    }

    /// How it ended, for people; `nil` while it runs.
    var ending: String? {
        state.withLock { $0.status }.map { code in
            code & 0x7F == 0 ? "exited with status \((code >> 8) & 0xFF)" : "was killed by signal \(code & 0x7F)"
        }
    }

    /// Waits until it has ended, at most `limit`.
    func waitForExit(_ limit: Duration) async -> Bool { await ended.wait(atMost: limit) }

    /// The last lines it wrote to its standard error, once it has ended and they have been read.
    func lastWords() async -> [String] {
        // Who still holds the stream open is not waited for.
        if !isRunning { await errors.waitForEnd(atMost: .milliseconds(300)) }
        return errors.lines
    }

    /// Sends a signal to the whole group.
    func signalGroup(_ number: CInt) {
        _ = kill(-pid, number)
    }

    /// Ends the process and everything it has started: SIGTERM to its group, then SIGKILL to all, to those that ignored
    /// the first and those that left group and session as well.
    func end(terminateAfter: Duration = .seconds(2), killAfter: Duration = .seconds(3)) async {
        if await !waitForExit(terminateAfter) {
            signalGroup(SIGTERM)
            _ = await waitForExit(killAfter)
        }
        await runBlocking { [tree] in tree.kill(limit: .seconds(2)) }
        if await waitForExit(.seconds(5)) { reap() }
    }

    private static func find(_ name: String, path: String?) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        let folders = (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    private static func makePipe(for tap: TrafficTap?) throws(StartFailure) -> (read: CInt, write: CInt)? {
        guard tap != nil else { return nil }
        return try makePipe()
    }

    private static func makePipe() throws(StartFailure) -> (read: CInt, write: CInt) {
        var ends: [CInt] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else {
            throw StartFailure(description: "No pipe for the agent: \(errnoText()).")
        }
        return (ends[0], ends[1])
    }
}
