import AgentClientProtocol
import JSONText
import Logging
import SandboxAgentAPI
import Synchronization

/// Codex by its own protocol, `codex app-server` on its standard streams: a session is one of its threads.
final class CodexProgram: AgentProgram {
    private struct State {
        var choices: CodexChoices
        var hasOwnProvider = false
    }

    private let running: AgentProcess
    private let start: ProgramStart
    private let receiver: CodexReceiver
    private let link: PipeLink
    private let reader: Task<Void, Never>
    private let state: Mutex<State>

    init(_ start: ProgramStart) throws {
        self.start = start
        running = try AgentProcess(
            command: start.configuration.command,
            environment: start.environment,
            directory: start.configuration.directory,
            mask: start.mask,
            tap: start.tap
        )
        state = Mutex(State(choices: CodexChoices(asks: start.configuration.mode != .auto)))
        let receiver = CodexReceiver(start.receiver, logger: start.logger)
        self.receiver = receiver
        let (logger, mask) = (start.logger, start.mask)
        let link = PipeLink(input: running.output, output: running.input, needsVersion: false, logger: logger) { line in
            logger.debug(
                "the agent wrote a line that is no message",
                metadata: ["codex.line": "\(mask.line(line, limit: 200))"]
            )
        }
        self.link = link
        reader = Task { await link.run(receiver) }
    }

    var process: AgentProcess? { running }

    var isAlive: Bool { running.isRunning && !start.receiver.isClosed }

    private func call(_ method: String, _ params: JSONValue) async throws -> JSONValue {
        let result = try await link.call(method, params: params.serialized())
        do {
            return try JSONValue(parsing: result)
        } catch {
            throw ACPError(code: ACPError.internalCode, message: "The answer to \(method) is not JSON")
        }
    }

    func initialize(clientVersion: String) async throws -> AgentCapabilities {
        let answer = try await call(
            "initialize",
            [
                "clientInfo": ["name": "octobot", "title": "Octobot", "version": .string(clientVersion)],
                "capabilities": ["experimentalApi": true, "requestAttestation": false],
            ]
        )
        try await link.notify("initialized", params: JSONValue.object([:]).serialized())
        let configured = try await call("config/read", [:])["config"]?["model_provider"]?.stringValue
        var choices = state.withLock { $0.choices }
        var cursor: JSONValue?
        // A list that has no end would never let the session open.
        for _ in 0..<Self.pages {
            let page = try await call("model/list", cursor.map { ["cursor": $0] } ?? [:])
            choices.add(page)
            cursor = page["nextCursor"]?.present
            if cursor == nil { break }
        }
        state.withLock { [choices] state in
            state.choices = choices
            state.hasOwnProvider = configured != nil
        }
        return AgentCapabilities(
            resumesSessions: true,
            acceptsImages: true,
            acceptsEmbeddedContext: true,
            reachesHTTPServers: true,
            name: "codex",
            title: "Codex",
            version: Self.version(answer["userAgent"]?.stringValue ?? "")
        )
    }

    private static let pages = 20

    /// `0.163.0` of `octobot/0.163.0 (Debian …`.
    static func version(_ userAgent: String) -> String? {
        let words = userAgent.split(separator: " ").first?.split(separator: "/") ?? []
        return words.count == 2 ? String(words[1]) : nil
    }

    /// Nothing has to be done: the key is in the environment, or the person has logged Codex in.
    func authenticate(_ methodID: String) async throws {}

    func close(now: Bool) async {
        link.close()
        await running.end(terminateAfter: now ? .zero : .seconds(2), killAfter: now ? .zero : .seconds(3))
        await reader.value
    }
}

// MARK: - Sessions

extension CodexProgram {
    func newSession(_ setup: SessionSetup) async throws -> (id: String, options: SessionOptions) {
        let result = try await call("thread/start", threadSetup(setup).params())
        guard let id = result["thread"]?["id"]?.stringValue else {
            throw ACPError(code: ACPError.internalCode, message: "Codex gave its thread no id")
        }
        return (id, opened(id, result))
    }

    func resume(_ sessionID: String, _ setup: SessionSetup) async throws -> SessionOptions {
        opened(sessionID, try await call("thread/resume", threadSetup(setup).params(sessionID)))
    }

    func load(_ sessionID: String, _ setup: SessionSetup) async throws -> SessionOptions {
        try await resume(sessionID, setup)
    }

    private func threadSetup(_ setup: SessionSetup) -> CodexSetup {
        let (policy, hasOwnProvider) = state.withLock { ($0.choices.approvalPolicy, $0.hasOwnProvider) }
        return CodexSetup(
            setup: setup,
            approvalPolicy: policy,
            hasOwnProvider: hasOwnProvider,
            environment: start.environment,
            keyVariables: start.configuration.entry.credentialVariables
        )
    }

    private func opened(_ id: String, _ result: JSONValue) -> SessionOptions {
        receiver.follow(id)
        var options = SessionOptions()
        options.configOptions = state.withLock { state in
            state.choices.opened(result)
            return state.choices.options
        }
        return options
    }

    func setConfigOption(_ sessionID: String, _ id: String, to value: String) async throws -> [ConfigOption] {
        // Told with the next turn.
        let result = state.withLock { state -> Result<[ConfigOption], ACPError> in
            do throws(ACPError) {
                try state.choices.set(id, to: value)
                return .success(state.choices.options)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    func setMode(_ sessionID: String, to mode: String) async throws {
        _ = try await setConfigOption(sessionID, "mode", to: mode)
    }

    func setModel(_ sessionID: String, to model: String) async throws {
        _ = try await setConfigOption(sessionID, "model", to: model)
    }
}

// MARK: - Turns

extension CodexProgram {
    func prompt(_ sessionID: String, _ blocks: [ContentBlock]) async throws -> AgentPeer.StopReason {
        let events = receiver.beginTurn()
        defer { receiver.endTurn() }
        var params = state.withLock { $0.choices.turn }
        params["threadId"] = .string(sessionID)
        params["input"] = CodexInput.json(blocks)
        _ = try await call("turn/start", .object(params))
        var refusal: CodexFailure?
        for await event in events {
            switch event {
            case .started(let turn):
                if receiver.wantsInterrupt { try await interrupt(turn, of: sessionID) }
            case .refused(let failure):
                // Codex tries five times more, which takes its time and changes nothing about a key; a login it may renew.
                guard hasCredential, refusal == nil else { continue }
                refusal = failure
                try await cancel(sessionID)
            case .ended(let status, let failure):
                if let reason = refusal ?? failure, refusal != nil || status == .failed { throw failed(reason) }
                switch status {
                case .completed: return .endTurn
                case .interrupted: return .cancelled
                case .failed: throw AgentFailure(description: "\(start.configuration.entry.name) failed.")
                }
            }
        }
        try Task.checkCancellation()
        throw ACPClosed()
    }

    private func failed(_ failure: CodexFailure) -> AgentFailure {
        let text = failure.text(for: start.configuration.entry, hasCredential: hasCredential)
        return AgentFailure(description: start.mask.apply(to: text))
    }

    private var hasCredential: Bool {
        start.configuration.entry.credentialVariables.contains { start.environment[$0]?.isEmpty == false }
    }

    func cancel(_ sessionID: String) async throws {
        guard let turn = receiver.interrupting() else { return }
        try await interrupt(turn, of: sessionID)
    }

    private func interrupt(_ turn: String, of sessionID: String) async throws {
        do {
            _ = try await call("turn/interrupt", ["threadId": .string(sessionID), "turnId": .string(turn)])
        } catch let error as ACPError {
            // It has ended by itself meanwhile.
            start.logger.debug("the turn could not be interrupted", metadata: ["error": "\(error)"])
        }
    }
}
