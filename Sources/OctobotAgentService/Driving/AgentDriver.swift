import AgentClientProtocol
import JSONText
import Logging
import SandboxAgentAPI
import UIMessageStream

/// Keeps one agent process and runs prompts in it (acp.md §17): started lazily, restarted when it died, when the
/// credentials changed or when it did not react to a cancel.
actor AgentDriver {
    private let configuration: AgentConfiguration
    private let version: String
    private let logger: Logger
    private let recorder: TrafficRecorder?
    private var credentials: [AgentCredential] = []
    private var settings = AgentSettings()
    private var connection: AgentConnection?
    private var opening: Task<AgentConnection, any Error>?
    private var failures: [ContinuousClock.Instant] = []

    init(_ configuration: AgentConfiguration, version: String, logger: Logger) {
        self.configuration = configuration
        self.version = version
        self.logger = logger
        recorder = configuration.recordsTraffic ? TrafficRecorder(folder: configuration.stateFolder + "/traffic") : nil
    }

    /// Whether the process lives and is initialized.
    var isConnected: Bool { connection?.isAlive ?? false }

    /// What drives the turns, as `/health` tells it.
    var description: AgentHealth.Agent {
        let capabilities = connection?.capabilities
        return AgentHealth.Agent(
            type: configuration.entry.id,
            name: capabilities?.title ?? capabilities?.name,
            version: capabilities?.version ?? connection?.program.version,
            commands: connection?.receiver.commands.sorted()
        )
    }

    /// Replaces the whole set; a process with another one is ended.
    func replaceCredentials(_ new: [AgentCredential]) async {
        guard new != credentials else { return }
        credentials = new
        failures = []
        await stop()
    }

    /// Replaces the settings.
    ///
    /// The mode follows with the next prompt; for what a session is opened with, it is opened again.
    func replaceSettings(_ new: AgentSettings) async {
        let old = settings
        settings = new
        let reopens =
            new.mcpServers != old.mcpServers
            || (configuration.entry.readsSystemPrompt && new.systemPrompt != old.systemPrompt)
        guard reopens else { return }
        failures = []
        await stop()
    }

    /// Ends the process, if there is one.
    func stop(now: Bool = false) async {
        let running = connection
        connection = nil
        let pending = opening
        opening = nil
        pending?.cancel()
        await running?.close(now: now)
        if let pending, case .success(let late) = await pending.result, late !== running { await late.close(now: now) }
    }

    /// The connection, opened when there is none.
    ///
    /// Callers share one attempt.
    func connect() async throws -> AgentConnection {
        if let connection, connection.isAlive { return connection }
        if let dead = connection {
            connection = nil
            await dead.close(now: true)
        }
        if let opening { return try await opening.value }
        try checkBackoff()
        let task = Task { [configuration, credentials, settings, version, recorder, logger] in
            try await AgentConnection.open(
                configuration,
                credentials: credentials,
                settings: settings,
                version: version,
                recorder: recorder,
                logger: logger
            )
        }
        opening = task
        do {
            let opened = try await task.value
            guard opening == task else {
                await opened.close(now: true)
                throw CancellationError()
            }
            opening = nil
            connection = opened
            failures = []
            return opened
        } catch {
            if opening == task {
                opening = nil
                failures.append(.now)
            }
            throw error
        }
    }

    private func checkBackoff() throws {
        failures.removeAll { $0.duration(to: .now) > .seconds(60) }
        guard failures.count < 3 else {
            throw AgentFailure(
                description: "\(configuration.entry.name) failed to start three times within a minute. Try again later."
            )
        }
    }

    /// The models the agent offers, and what it says about itself.
    func models() async throws -> ModelList {
        let connection = try await connect()
        let options = connection.receiver.options
        let type = configuration.entry.id
        return ModelList(
            models: options.models.map { model in
                .init(
                    id: "\(type):\(model.value)",
                    displayName: model.name,
                    provider: configuration.entry.name,
                    reasoning: options.thoughtOption != nil
                )
            },
            agent: AgentReport(
                name: connection.capabilities.title ?? connection.capabilities.name,
                version: connection.capabilities.version,
                capabilities: connection.capabilities.words,
                modes: options.modes.map { .init(id: $0.value, name: $0.name) },
                commands: connection.receiver.commands.sorted()
            )
        )
    }

    /// What the masks of errors have to know.
    var mask: SecretMask { SecretMask(credentials, settings) }
}

// MARK: - Prompts

extension AgentDriver {
    /// One prompt and the wishes that come with it.
    struct Prompt: Sendable {
        var message: JSONValue
        var model: String?
        var reasoning: String?
    }

    /// Runs a prompt to its end; throws ``AgentFailure``, or `CancellationError` when the task is cancelled.
    ///
    /// - Parameter onPrompt: called when the agent has the prompt, with the way to cancel it.
    func run(
        _ prompt: Prompt,
        _ turn: TurnRecorder,
        onPrompt: @Sendable (@escaping @Sendable () async -> Void) -> Void
    ) async throws -> StreamCloser.Ending {
        recorder?.begin(turn.id)
        let connection: AgentConnection
        do {
            connection = try await connect()
        } catch {
            await turn.start(model: nil)
            try Task.checkCancellation()
            throw AgentFailure.describing(error, configuration.entry)
        }
        let settings = settings
        var warnings: [String] = []
        let offered = connection.receiver.options.modes.map(\.value)
        let mode = settings.mode ?? configuration.mode.agentMode(among: offered)
        do {
            let wishes = SessionWishes(connection, configuration.entry, logger: logger)
            if let warning = try await wishes.mode(mode) { warnings.append(warning) }
            if let warning = try await wishes.model(prompt.model) { warnings.append(warning) }
            try await wishes.reasoning(prompt.reasoning)
        } catch {
            throw await AgentConnection.describe(error, connection.program, configuration.entry, mask)
        }
        let model = connection.receiver.options.currentModel.map { "\(configuration.entry.id):\($0)" }
        await turn.start(model: model)
        for text in connection.takeNews() + warnings { await turn.say(text) }
        let mapper = PromptMapper(
            capabilities: connection.capabilities,
            attachmentFolder: configuration.attachmentFolder
        )
        var blocks = mapper.blocks(for: prompt.message)
        let preface = Instructions.preface(
            settings.systemPrompt,
            told: connection.toldSystemPrompt,
            before: blocks,
            for: configuration.entry
        )
        if let preface { blocks.insert(preface, at: 0) }
        try Task.checkCancellation()
        note(connection) { $0.isUsed = true }
        connection.receiver.begin(turn)
        onPrompt { [logger] in
            do {
                try await connection.program.cancel(connection.sessionID)
            } catch {
                logger.debug("cancel could not be sent", metadata: ["error": "\(error)"])
            }
        }
        do {
            let reason = try await connection.program.prompt(connection.sessionID, blocks)
            if preface != nil { note(connection) { $0.systemPrompt = settings.systemPrompt } }
            await turn.settle(configuration.limits.trailing)
            connection.receiver.end(await turn.callIDs)
            return Self.ending(reason)
        } catch {
            connection.receiver.end(await turn.callIDs)
            try Task.checkCancellation()
            let failure = await AgentConnection.describe(error, connection.program, configuration.entry, mask)
            if !connection.isAlive { await leave(connection) }
            throw failure
        }
    }

    /// Ends what an agent that went away by itself has left behind.
    private func leave(_ dead: AgentConnection) async {
        if connection === dead { connection = nil }
        await dead.close(now: true)
    }

    private func note(_ connection: AgentConnection, _ change: (inout StoredAgentSession) -> Void) {
        do {
            try connection.note(change)
        } catch {
            // At worst something is told once more after a restart.
            logger.warning("The agent's session was not noted", metadata: ["error": "\(error)"])
        }
    }

    private static func ending(_ reason: AgentPeer.StopReason) -> StreamCloser.Ending {
        switch reason {
        case .endTurn: .finished(.stop)
        case .maxTokens: .finished(.length)
        case .refusal: .finished(.contentFilter)
        case .cancelled: .cancelled
        case .maxTurnRequests, .unknown: .finished(.other)
        }
    }
}
