import AgentClientProtocol
import Logging
import SandboxAgentAPI

/// A coding agent's running program, spoken to in the words of ACP whatever its own protocol is.
///
/// One type for each driver of design.md §7. What the program says by itself goes to the ``AgentReceiver`` it was started
/// with. Calls throw ``ACPError``, ``ACPClosed`` or `CancellationError`.
protocol AgentProgram: Sendable {
    /// The process, for its end and its last words; `nil` before there is one.
    var process: AgentProcess? { get }
    /// Whether it runs and can be spoken to.
    var isAlive: Bool { get }
    /// Its version, where ``initialize(clientVersion:)`` could not know it yet.
    var version: String? { get }

    func initialize(clientVersion: String) async throws -> AgentCapabilities
    func authenticate(_ methodID: String) async throws
    func newSession(_ setup: SessionSetup) async throws -> (id: String, options: SessionOptions)
    /// Takes a session up again without a replay.
    func resume(_ sessionID: String, _ setup: SessionSetup) async throws -> SessionOptions
    /// Takes a session up again; its conversation comes as updates.
    func load(_ sessionID: String, _ setup: SessionSetup) async throws -> SessionOptions
    /// Returns when the turn is over.
    func prompt(_ sessionID: String, _ blocks: [ContentBlock]) async throws -> AgentPeer.StopReason
    /// Makes the prompt end soon.
    func cancel(_ sessionID: String) async throws
    /// Gives the complete new list of options.
    func setConfigOption(_ sessionID: String, _ id: String, to value: String) async throws -> [ConfigOption]
    func setMode(_ sessionID: String, to mode: String) async throws
    func setModel(_ sessionID: String, to model: String) async throws

    /// Ends the program and everything it started.
    func close(now: Bool) async
}

extension AgentProgram {
    var version: String? { nil }
}

/// What every driver starts its program with.
struct ProgramStart: Sendable {
    var configuration: AgentConfiguration
    /// Of the process, with the credentials.
    var environment: [String: String]
    var receiver: AgentReceiver
    /// What must not be seen in logs.
    var mask: SecretMask
    var logger: Logger
    /// Records what is said, when that is wanted.
    var tap: TrafficTap?

    func start() throws -> any AgentProgram {
        switch configuration.entry.driver {
        case .acp: try ACPProgram(self)
        case .codex: try CodexProgram(self)
        case .claude: try ClaudeProgram(self)
        }
    }
}
