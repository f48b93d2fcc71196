import AgentClientProtocol
import Foundation
import JSONText
import NIOPosix
import SandboxAgentAPI
import Synchronization

/// The commands an agent runs through us (acp.md §11.4); none outlives its agent.
final class AgentTerminals: Sendable {
    /// How many an agent may hold at a time, ended ones included: each holds up to a mebibyte.
    static let limit = 64
    /// How many released ones are still shown, by the turn that showed them.
    private static let kept = 16

    private struct Held {
        var terminal: AgentTerminal
        var following: Task<Void, Never>
    }

    private struct State {
        var held: [String: Held] = [:]
        var released: [(id: String, output: TerminalOutput)] = []
        var count = 0
        var isShutDown = false
    }

    private let commands: CommandSet
    /// Set for all of them.
    private let marks: [String: String]
    private let state = Mutex(State())

    init(_ shell: ShellEnvironment, marks: [String: String]) {
        commands = CommandSet(shell)
        self.marks = marks
    }

    /// Starts a command; gives the terminal's id.
    func create(_ request: CreateTerminal) async throws(ACPError) -> String {
        let id = try state.withLock { state throws(ACPError) in
            guard state.held.count < Self.limit, !state.isShutDown else {
                throw .failed("\(Self.limit) terminals are held; release one of them")
            }
            state.count += 1
            return "term-\(state.count)"
        }
        let body = RunCommand(
            arguments: words(request),
            environment: request.environment.merging(marks) { $1 },
            directory: request.directory,
            timeout: 604_800_000,
            outputLimit: .max
        )
        let reader: CommandReader
        do {
            reader = try await NIOThreadPool.singleton.runIfActive { [commands] in try commands.start(body) }
        } catch {
            throw Self.error(error)
        }
        let terminal = AgentTerminal(reader, limit: request.outputLimit)
        let isLate = state.withLock { state in
            guard !state.isShutDown else { return true }
            state.held[id] = Held(terminal: terminal, following: Task { await terminal.follow(reader) })
            return false
        }
        guard !isLate else {
            terminal.kill()
            throw .cancelled
        }
        return id
    }

    /// Some agents give a whole shell line as the command.
    private func words(_ request: CreateTerminal) -> [String] {
        guard request.arguments.isEmpty, request.command.contains(where: { " \t\n;&|<>()$`\"'*".contains($0) }) else {
            return [request.command] + request.arguments
        }
        return [ShellEnvironment.shell, "-c", request.command]
    }

    private static func error(_ error: any Error) -> ACPError {
        guard let refusal = error as? HandRefusal else { return .failed("\(error)") }
        return switch refusal {
        case .invalid(let text): .invalidParams(text)
        case .commandNotFound(let name): .invalidParams("'\(name)' is not in this sandbox's PATH")
        case .exhausted(let text): .failed(text)
        default: .failed("Too many commands run; wait for one of them")
        }
    }

    /// The terminal a request names.
    func terminal(_ params: JSONValue) throws(ACPError) -> AgentTerminal {
        let id = params["terminalId"]?.stringValue ?? ""
        guard let terminal = state.withLock({ $0.held[id]?.terminal }) else { throw Self.unknown(id) }
        return terminal
    }

    private static func unknown(_ id: String) -> ACPError {
        ACPError(code: ACPError.notFoundCode, message: "There is no terminal '\(id.prefix(64))'")
    }

    /// Kills a terminal that runs; its id is nobody's from here on, its output is still shown.
    func release(_ params: JSONValue) throws(ACPError) {
        let id = params["terminalId"]?.stringValue ?? ""
        guard let terminal = state.withLock({ $0.held.removeValue(forKey: id)?.terminal }) else {
            throw Self.unknown(id)
        }
        let output = terminal.output
        state.withLock { state in
            state.released.append((id, output))
            if state.released.count > Self.kept { state.released.removeFirst() }
        }
        terminal.kill()
    }

    /// What a terminal has written, a released one too.
    func shown(_ id: String) -> TerminalOutput? {
        let (held, released) = state.withLock { state in
            (state.held[id]?.terminal, state.released.last { $0.id == id }?.output)
        }
        return held?.output ?? released
    }

    func forgetReleased() { state.withLock { $0.released = [] } }

    /// Kills all of them; none is started any more.
    func shutDown() async {
        let held = state.withLock { state in
            state.isShutDown = true
            return Array(state.held.values)
        }
        await commands.shutDown()
        for held in held { await held.following.value }
    }
}
