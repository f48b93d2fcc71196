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
    /// Whether an earlier conversation was lost and nobody has been told.
    private let hasLostContext: Mutex<Bool>
    private let link: PipeLink
    private let reader: Task<Void, Never>

    private init(
        process: AgentProcess,
        receiver: AgentReceiver,
        link: PipeLink,
        reader: Task<Void, Never>,
        capabilities: AgentCapabilities,
        session: (id: String, hasLostContext: Bool)
    ) {
        self.process = process
        self.receiver = receiver
        self.link = link
        self.reader = reader
        self.capabilities = capabilities
        peer = AgentPeer(link)
        sessionID = session.id
        hasLostContext = Mutex(session.hasLostContext)
    }

    /// Whether the loss of an earlier conversation has to be told; true once.
    func takeLoss() -> Bool {
        hasLostContext.withLock { lost in
            defer { lost = false }
            return lost
        }
    }

    var isAlive: Bool { process.isRunning && !receiver.isClosed }

    /// Starts the process, initializes it and opens its session.
    static func open(
        _ configuration: AgentConfiguration,
        credentials: [AgentCredential],
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
        let link = PipeLink(input: process.output, output: process.input, logger: logger) { line in
            logger.debug("the agent wrote a line that is no message", metadata: ["acp.line": "\(line)"])
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
            let opening = SessionOpening(
                configuration: configuration,
                credentials: credentials,
                peer: peer,
                capabilities: capabilities,
                receiver: receiver
            )
            let session = try await limited(configuration.limits.start) { try await opening.open() }
            return AgentConnection(
                process: process,
                receiver: receiver,
                link: link,
                reader: reader,
                capabilities: capabilities,
                session: session
            )
        } catch {
            let mask = SecretMask(credentials)
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
