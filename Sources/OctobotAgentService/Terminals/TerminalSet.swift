import Foundation
import SandboxAgentAPI
import Synchronization

/// The terminals of the sandbox, those that ended a while ago included.
final class TerminalSet: Sendable {
    private struct State {
        /// In the order they were opened.
        var terminals: [Terminal] = []
        /// Nothing is opened any more.
        var isShutDown = false
    }

    private let shell: ShellEnvironment
    private let limits: Terminal.Limits
    private let watch: @Sendable (pid_t) -> ChildWatch
    private let state = Mutex(State())
    /// Opening one after the other keeps two requests for the same id from both starting a program, and lets the end of
    /// all wait for the one that is being opened.
    private let opening = Mutex(())

    /// - Parameter watch: how the end of a program that was started is noticed.
    init(
        _ shell: ShellEnvironment,
        limits: Terminal.Limits = .init(),
        watch: @escaping @Sendable (pid_t) -> ChildWatch = { ChildWatch($0) }
    ) {
        self.shell = shell
        self.limits = limits
        self.watch = watch
    }

    /// Opens a terminal, or finds the one with that id; blocks while the program starts.
    func open(_ request: OpenTerminal) throws(HandRefusal) -> TerminalState {
        try Self.check(request)
        // A typed throw does not leave a mutex's closure as such.
        return try opening.withLock { _ in
            Result { () throws(HandRefusal) in try openChecked(request) }
        }.get()
    }

    private func openChecked(_ request: OpenTerminal) throws(HandRefusal) -> TerminalState {
        if let known = find(request.id) { return known.snapshot }
        let (running, isShutDown) = state.withLock { ($0.terminals.count { $0.isRunning }, $0.isShutDown) }
        guard running < AgentLimit.terminals, !isShutDown else { throw .tooManyTerminals }
        let command = request.command ?? [ShellEnvironment.shell]
        let variables = try shell.merged(with: request.environment)
        let folder = try shell.folder(request.directory)
        let program = try ProgramFile.find(command.first ?? "", path: variables["PATH"], directory: folder)
        let wake = try WakePipe()
        let pty = try Pseudoterminal(rows: request.rows, columns: request.columns)
        let pid: pid_t
        do throws(ProcessSpawn.Failure) {
            pid = try ProcessSpawn(
                program: program,
                arguments: command,
                environment: variables,
                directory: folder,
                streams: .terminal(pty.path),
                leadsSession: true
            ).start()
        } catch {
            throw HandRefusal(error, starting: command)
        }
        let process = watch(pid)
        let terminal = Terminal(request, command: command, pty: pty, pid: pid, wake: wake, limits: limits)
        state.withLock { state in
            state.terminals.append(terminal)
            // Each keeps its output: those that ended first go first.
            while state.terminals.count > 2 * AgentLimit.terminals,
                let index = state.terminals.firstIndex(where: { !$0.isRunning })
            {
                state.terminals.remove(at: index)
            }
        }
        TerminalLoop.start(terminal, process) { [self] in
            state.withLock { $0.terminals.removeAll { $0 === terminal } }
        }
        return terminal.snapshot
    }

    private static func check(_ request: OpenTerminal) throws(HandRefusal) {
        guard (1...64).contains(request.id.utf8.count), request.id.utf8.allSatisfy(isIdentifying) else {
            throw .invalid("id is 1 to 64 letters, digits and hyphens.")
        }
        guard Terminal.sizes.contains(request.rows), Terminal.sizes.contains(request.columns) else {
            throw .invalidSize
        }
        guard (1...604_800).contains(request.idleSeconds) else {
            throw .invalid("idleSeconds is \(request.idleSeconds); allowed are 1 to 604800.")
        }
        try checkArguments(request.command)
    }

    /// Refuses what no program can be told.
    static func checkArguments(_ command: [String]?) throws(HandRefusal) {
        guard let command else { return }
        guard let program = command.first, !program.isEmpty else { throw .invalid("The command names no program.") }
        guard command.allSatisfy({ !$0.contains("\0") }) else { throw .invalid("An argument contains NUL.") }
    }

    private static func isIdentifying(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    var list: TerminalList {
        TerminalList(terminals: state.withLock { $0.terminals }.map(\.snapshot))
    }

    func terminal(_ id: String) throws(HandRefusal) -> Terminal {
        guard let terminal = find(id) else { throw .terminalNotFound }
        return terminal
    }

    private func find(_ id: String) -> Terminal? {
        state.withLock { $0.terminals.first { $0.id == id } }
    }

    /// Ends all of them; none is opened any more.
    func shutDown() async {
        state.withLock { $0.isShutDown = true }
        // One that is being opened at the moment is closed with the others.
        await runBlocking { self.opening.withLock { _ in } }
        let terminals = state.withLock { $0.terminals }
        await withDiscardingTaskGroup { group in
            for terminal in terminals { group.addTask { await terminal.close() } }
        }
    }
}

extension HandRefusal {
    /// Why a program that was found did not start.
    init(_ failure: ProcessSpawn.Failure, starting command: [String]) {
        let name = command.first ?? ""
        switch failure.code {
        case EAGAIN, ENOMEM, EMFILE, ENFILE:
            self = .exhausted("'\(name)' could not be started: \(failure). The sandbox is at its limits.")
        case E2BIG: self = .invalid("The arguments and the environment of '\(name)' are longer than a program takes.")
        case ENOENT: self = .invalid("'\(name)' cannot be executed: the interpreter it names is not in the sandbox.")
        default: self = .invalid("'\(name)' cannot be executed: \(failure).")
        }
    }
}
