import AgentClientProtocol
import Foundation
import JSONText
import Logging
import SandboxAgentAPI
import Synchronization

/// One run of the agent's process, initialized, with its session.
final class AgentConnection: Sendable {
    let process: AgentProcess
    let receiver: AgentReceiver
    let peer: AgentPeer
    let capabilities: AgentCapabilities
    let sessionID: String
    /// The mode the agent's session began in.
    let firstMode: String?
    /// What has to be said before the first turn: that an earlier conversation was lost, which MCP servers are missing.
    private let news: Mutex<[String]>
    private let stored: Mutex<StoredAgentSession>
    private let sessionFile: String
    private let link: PipeLink
    private let reader: Task<Void, Never>

    private init(
        process: AgentProcess,
        receiver: AgentReceiver,
        link: PipeLink,
        reader: Task<Void, Never>,
        capabilities: AgentCapabilities,
        session: StoredAgentSession,
        sessionFile: String,
        news: [String]
    ) {
        self.process = process
        self.receiver = receiver
        self.link = link
        self.reader = reader
        self.capabilities = capabilities
        peer = AgentPeer(link)
        sessionID = session.acpSessionID
        firstMode = receiver.options.currentMode
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

    var isAlive: Bool { process.isRunning && !receiver.isClosed }

    /// Starts the process, initializes it and opens its session.
    static func open(
        _ configuration: AgentConfiguration,
        credentials: [AgentCredential],
        settings: AgentSettings,
        version: String,
        logger: Logger
    ) async throws -> AgentConnection {
        var environment = configuration.environment
        for credential in credentials { environment[credential.envVar] = credential.value }
        let process = try AgentProcess(
            command: configuration.command,
            environment: environment,
            directory: configuration.directory
        )
        let receiver = AgentReceiver(logger: logger)
        let mask = SecretMask(credentials, settings)
        let link = PipeLink(input: process.output, output: process.input, logger: logger) { line in
            logger.debug(
                "the agent wrote a line that is no message",
                metadata: ["acp.line": "\(mask.apply(to: "\(line)"))"]
            )
        }
        let reader = Task { await link.run(receiver) }
        do {
            let peer = AgentPeer(link)
            let capabilities = try await limited(configuration.limits.start) {
                try await peer.initialize(clientVersion: version)
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
                peer: peer,
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
                process: process,
                receiver: receiver,
                link: link,
                reader: reader,
                capabilities: capabilities,
                session: opened.session,
                sessionFile: configuration.sessionFile,
                news: (opened.hasLostContext ? [loss] : []) + plan.warnings
            )
        } catch {
            let failure = await describe(error, process, configuration.entry, mask)
            link.close()
            await process.end(terminateAfter: .zero)
            await reader.value
            throw failure
        }
    }

    /// Why a call to the agent failed; when its process is gone, with the last lines it wrote.
    static func describe(
        _ error: any Error,
        _ process: AgentProcess,
        _ entry: AgentCatalogue.Entry,
        _ mask: SecretMask
    ) async -> AgentFailure {
        guard error is ACPClosed || error is TimedOut else { return AgentFailure.describing(error, entry) }
        // The end of the pipe is seen before the end of the process.
        if error is ACPClosed { _ = await process.waitForExit(.seconds(1)) }
        var text =
            error is TimedOut
            ? "\(entry.name) did not answer in time." : "\(entry.name) \(process.ending ?? "closed its connection")."
        let tail = process.errorTail.suffix(20).joined(separator: "\n")
        if !tail.isEmpty { text += "\n" + tail }
        return AgentFailure(description: mask.apply(to: text))
    }

    /// Ends the process and everything it started.
    func close(now: Bool = false) async {
        link.close()
        await process.end(terminateAfter: now ? .zero : .seconds(2), killAfter: now ? .zero : .seconds(3))
        await reader.value
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
