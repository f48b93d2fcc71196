import Foundation
import SandboxAgentAPI
import Synchronization

/// The commands that run in the sandbox at the moment.
final class CommandSet: Sendable {
    /// How many may run at a time.
    static let limit = 64
    /// In milliseconds.
    static let timeouts = 1...604_800_000
    private static let forEver = Duration.seconds(100 * 365 * 86_400)

    private struct State {
        var running: [ObjectIdentifier: CommandRun] = [:]
        var isShutDown = false
    }

    private let shell: ShellEnvironment
    private let watch: @Sendable (pid_t) -> ChildWatch
    private let state = Mutex(State())
    /// Starting one after the other keeps to the limit, and lets the end of all wait for the one that is starting.
    private let starting = Mutex(())

    /// - Parameter watch: how the end of a program that was started is noticed.
    init(_ shell: ShellEnvironment, watch: @escaping @Sendable (pid_t) -> ChildWatch = { ChildWatch($0) }) {
        self.shell = shell
        self.watch = watch
    }

    /// What a program is run for.
    enum Purpose {
        /// By hand; what it leaves in the background lives on.
        case command
        /// Nothing of it lives on.
        case hook
        /// The same, and it may run for ever.
        case service
    }

    /// Starts a program; blocks while it does.
    func start(_ request: RunCommand, as purpose: Purpose = .command) throws(HandRefusal) -> CommandReader {
        // A typed throw does not leave a mutex's closure as such.
        try starting.withLock { _ in
            Result { () throws(HandRefusal) in try startAlone(request, as: purpose) }
        }.get()
    }

    private func startAlone(_ request: RunCommand, as purpose: Purpose) throws(HandRefusal) -> CommandReader {
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
        let process = watch(pid)
        let run = CommandRun(
            pid: pid,
            mark: mark,
            streams: streams,
            wake: wake,
            input: Array(input),
            timeout: purpose == .service ? Self.forEver : .milliseconds(request.timeout),
            outputLimit: request.outputLimit,
            endsTree: purpose != .command
        )
        state.withLock { $0.running[ObjectIdentifier(run)] = run }
        CommandLoop.start(run, process) { [self] in
            state.withLock { $0.running[ObjectIdentifier(run)] = nil }
        }
        return CommandReader(run)
    }

    /// Kills all of them; none is started any more.
    func shutDown() async {
        state.withLock { $0.isShutDown = true }
        // One that is being started at the moment is killed with the others.
        await runBlocking { self.starting.withLock { _ in } }
        let runs = state.withLock { Array($0.running.values) }
        for run in runs { run.abandon() }
        for run in runs { await run.waitForEnd() }
    }
}
