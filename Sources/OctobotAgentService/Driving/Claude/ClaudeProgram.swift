import AgentClientProtocol
import Foundation
import JSONText
import Logging
import Synchronization

/// Claude Code, spoken to in its own messages: `--input-format stream-json --output-format stream-json`.
///
/// A session is a process: it is started with the session's id, so not before the session is opened.
final class ClaudeProgram: AgentProgram {
    private struct State {
        var run: ClaudeRun?
        var version: String?
    }

    private let start: ProgramStart
    private let state = Mutex(State())

    init(_ start: ProgramStart) throws {
        self.start = start
        do {
            if let home = start.environment["HOME"] { try CommitCommand.install(home: home) }
        } catch {
            start.logger.warning("/octobot-commit could not be installed", metadata: ["error": "\(error)"])
        }
    }

    private var run: ClaudeRun? { state.withLock { $0.run } }

    var process: AgentProcess? { run?.process }

    var isAlive: Bool { run?.isAlive ?? false }

    var version: String? { state.withLock { $0.version } }

    func initialize(clientVersion: String) async throws -> AgentCapabilities {
        AgentCapabilities(
            resumesSessions: true,
            acceptsImages: true,
            acceptsEmbeddedContext: true,
            reachesHTTPServers: true,
            reachesSSEServers: true,
            name: "claude-code",
            title: "Claude Code"
        )
    }

    func authenticate(_ methodID: String) async throws { throw ACPError.methodNotFound("authenticate") }

    func newSession(_ setup: SessionSetup) async throws -> (id: String, options: SessionOptions) {
        let id = UUID().uuidString.lowercased()
        return (id, try await open("--session-id", id, setup))
    }

    func resume(_ sessionID: String, _ setup: SessionSetup) async throws -> SessionOptions {
        try await open("--resume", sessionID, setup)
    }

    func load(_ sessionID: String, _ setup: SessionSetup) async throws -> SessionOptions {
        try await resume(sessionID, setup)
    }

    private func open(_ option: String, _ sessionID: String, _ setup: SessionSetup) async throws -> SessionOptions {
        let run = try ClaudeRun(start, option: option, sessionID: sessionID)
        let old = state.withLock { state in
            defer { state.run = run }
            return state.run
        }
        await old?.close(now: true)
        let answer = try await run.initialize(systemPrompt: setup.meta["systemPrompt"]?["append"]?.stringValue)
        if !setup.mcpServers.isEmpty { try await run.setServers(setup.mcpServers) }
        await start.receiver.take(.availableCommands(ClaudeOptions.commands(answer)))
        state.withLock { $0.version = answer["claude_code_version"]?.stringValue }
        var options = SessionOptions()
        options.configOptions = ClaudeOptions.list(answer)
        return options
    }

    private func running() throws(ACPClosed) -> ClaudeRun {
        guard let run else { throw ACPClosed() }
        return run
    }

    func prompt(_ sessionID: String, _ blocks: [ContentBlock]) async throws -> AgentPeer.StopReason {
        try await running().prompt(blocks)
    }

    func cancel(_ sessionID: String) async throws { try await running().interrupt() }

    func setConfigOption(_ sessionID: String, _ id: String, to value: String) async throws -> [ConfigOption] {
        guard let request = ClaudeOptions.request(id, value) else { throw ACPError.invalidParams("no option '\(id)'") }
        _ = try await running().call(request)
        return start.receiver.options.configOptions.setting(id, to: value)
    }

    func setMode(_ sessionID: String, to mode: String) async throws {
        _ = try await setConfigOption(sessionID, ClaudeOptions.mode, to: mode)
    }

    func setModel(_ sessionID: String, to model: String) async throws {
        _ = try await setConfigOption(sessionID, ClaudeOptions.model, to: model)
    }

    func close(now: Bool) async { await run?.close(now: now) }
}
