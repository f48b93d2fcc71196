import Foundation
import SandboxAgentAPI
import Synchronization

/// The commands that run in the sandbox at the moment.
final class CommandSet: Sendable {
    /// How many may run at a time.
    static let limit = 64
    /// In milliseconds.
    private static let timeouts = 1...604_800_000

    private struct State {
        var running: [ObjectIdentifier: CommandRun] = [:]
        var isShutDown = false
    }

    private let shell: ShellEnvironment
    private let state = Mutex(State())

    init(_ shell: ShellEnvironment) {
        self.shell = shell
    }

    /// Starts a program; blocks while it does.
    func start(_ request: RunCommand) throws(HandRefusal) -> CommandReader {
        try TerminalSet.checkArguments(request.arguments)
        guard Self.timeouts.contains(request.timeout) else {
            throw .invalid("timeoutMs is \(request.timeout); allowed are 1 to \(Self.timeouts.upperBound).")
        }
        guard request.outputLimit >= 0 else { throw .invalid("outputLimit is negative.") }
        guard let input = Data(base64Encoded: request.input ?? "") else { throw .invalid("stdin is not base64.") }
        let (running, isShutDown) = state.withLock { ($0.running.count, $0.isShutDown) }
        guard running < Self.limit, !isShutDown else { throw .tooManyCommands }
        var variables = try shell.merged(with: request.environment)
        let mark = UUID().uuidString.lowercased()
        variables[CommandRun.markName] = mark
        let folder = try shell.folder(request.directory)
        let name = request.arguments.first ?? ""
        let program = try ProgramFile.find(name, path: variables["PATH"], directory: folder)
        let wake = try WakePipe()
        let streams = try CommandStreams(withInput: request.input != nil)
        let pid: pid_t
        do throws(ProcessSpawn.Failure) {
            pid = try ProcessSpawn(
                program: program,
                arguments: request.arguments,
                environment: variables,
                directory: folder,
                streams: .descriptors(streams.theirs),
                leadsSession: true
            ).start()
        } catch {
            throw HandRefusal(error, starting: request.arguments)
        }
        streams.closeTheirs()
        let run = CommandRun(
            pid: pid,
            mark: mark,
            streams: streams,
            wake: wake,
            input: Array(input),
            timeout: .milliseconds(request.timeout),
            outputLimit: request.outputLimit
        )
        state.withLock { $0.running[ObjectIdentifier(run)] = run }
        CommandLoop.start(run) { [self] in
            state.withLock { $0.running[ObjectIdentifier(run)] = nil }
        }
        return CommandReader(run)
    }

    /// Kills all of them.
    func shutDown() async {
        let runs = state.withLock { state in
            state.isShutDown = true
            return Array(state.running.values)
        }
        for run in runs { run.abandon() }
        for run in runs { await run.waitForEnd() }
    }
}
