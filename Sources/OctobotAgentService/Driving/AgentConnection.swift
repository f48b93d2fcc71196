import AgentClientProtocol
import Foundation
import JSONText
import Logging
import SandboxAgentAPI
import Synchronization

/// One run of the agent's program, initialized, with its session.
final class AgentConnection: Sendable {
    let program: any AgentProgram
    let receiver: AgentReceiver
    let capabilities: AgentCapabilities
    let sessionID: String
    /// The mode the agent's session began in.
    let firstMode: String?
    /// What has to be said before the first turn: that an earlier conversation was lost, which MCP servers are missing.
    private let news: Mutex<[String]>
    private let stored: Mutex<StoredAgentSession>
    private let sessionFile: String

    private init(
        program: any AgentProgram,
        receiver: AgentReceiver,
        capabilities: AgentCapabilities,
        session: StoredAgentSession,
        sessionFile: String,
        news: [String]
    ) {
        self.program = program
        self.receiver = receiver
        self.capabilities = capabilities
        sessionID = session.acpSessionID
        // A session taken up again may be in the mode chosen last.
        firstMode = session.firstMode ?? receiver.options.currentMode
        stored = Mutex(session)
        self.sessionFile = sessionFile
        self.news = Mutex(news)
    }

    /// What has to be said before a turn; each text once.
    func takeNews() -> [String] {
        news.withLock { news in
            defer { news = [] }
            return news
        }
    }

    /// The system prompt that stands in the conversation.
    var toldSystemPrompt: String? { stored.withLock { $0.systemPrompt } }

    /// Changes what is remembered of the session.
    func note(_ change: (inout StoredAgentSession) -> Void) throws {
        try stored.withLock { stored in
            var new = stored
            change(&new)
            guard new != stored else { return }
            stored = new
            try new.save(sessionFile)
        }
    }

    var isAlive: Bool { program.isAlive }

    /// Starts the process, initializes it and opens its session.
    static func open(
        _ configuration: AgentConfiguration,
        credentials: [AgentCredential],
        settings: AgentSettings,
        version: String,
        recorder: TrafficRecorder?,
        logger: Logger
    ) async throws -> AgentConnection {
        var environment = configuration.environment
        for credential in credentials { environment[credential.envVar] = credential.value }
        let receiver = AgentReceiver(logger: logger)
        let mask = SecretMask(credentials, settings)
        let program = try ProgramStart(
            configuration: configuration,
            environment: environment,
            receiver: receiver,
            mask: mask,
            logger: logger,
            tap: recorder.map { TrafficTap(recorder: $0, mask: mask) }
        ).start()
        do {
            let capabilities = try await limited(configuration.limits.start) {
                try await program.initialize(clientVersion: version)
            }
            guard capabilities.protocolVersion == ACPVersion.current else {
                throw AgentFailure(description: "The agent speaks ACP \(capabilities.protocolVersion) only, not 1.")
            }
            let plan = ServerPlan(
                settings.mcpServers,
                for: configuration.entry.name,
                with: capabilities,
                path: environment["PATH"],
                directory: configuration.directory
            )
            let opening = SessionOpening(
                configuration: configuration,
                credentials: credentials,
                program: program,
                capabilities: capabilities,
                receiver: receiver,
                setup: SessionSetup(
                    cwd: configuration.directory,
                    mcpServers: plan.entries,
                    meta: Instructions.meta(settings.systemPrompt, for: configuration.entry)
                )
            )
            let opened = try await limited(configuration.limits.start) { try await opening.open() }
            let loss = "The agent could not take up the earlier conversation and begins a new one.\n"
            return AgentConnection(
                program: program,
                receiver: receiver,
                capabilities: capabilities,
                session: opened.session,
                sessionFile: configuration.sessionFile,
                news: (opened.hasLostContext ? [loss] : []) + plan.warnings
            )
        } catch {
            let failure = await describe(error, program, configuration.entry, mask)
            await program.close(now: true)
            throw failure
        }
    }

    /// Why a call to the agent failed; when its process is gone, with the last lines it wrote.
    static func describe(
        _ error: any Error,
        _ program: any AgentProgram,
        _ entry: AgentCatalogue.Entry,
        _ mask: SecretMask
    ) async -> AgentFailure {
        guard error is ACPClosed || error is TimedOut else { return AgentFailure.describing(error, entry) }
        // The end of the pipe is seen before the end of the process.
        if error is ACPClosed { _ = await program.process?.waitForExit(.seconds(1)) }
        var text =
            error is TimedOut
            ? "\(entry.name) did not answer in time."
            : "\(entry.name) \(program.process?.ending ?? "closed its connection")."
        let tail = (await program.process?.lastWords() ?? []).suffix(20).joined(separator: "\n")
        if !tail.isEmpty { text += "\n" + tail }
        return AgentFailure(description: mask.apply(to: text))
    }

    /// Ends the process and everything it started.
    func close(now: Bool = false) async {
        await program.close(now: now)
    }
}

/// A deadline passed.
struct TimedOut: Error {}

/// Runs `work` and throws ``TimedOut`` when it takes longer than `limit`.
func limited<Result: Sendable>(
    _ limit: Duration,
    _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: limit)  // ok: the deadline itself
            throw TimedOut()
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw TimedOut() }
        return first
    }
}
