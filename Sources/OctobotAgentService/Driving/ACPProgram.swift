import AgentClientProtocol
import Logging

/// A program that speaks ACP on its standard streams.
final class ACPProgram: AgentProgram {
    private let running: AgentProcess
    private let receiver: AgentReceiver
    private let link: PipeLink
    private let reader: Task<Void, Never>
    private let peer: AgentPeer
    private let hands: AgentHands

    init(_ start: ProgramStart) throws {
        let mark = AgentProcess.makeMark()
        let hands = AgentHands(start.configuration, mark: mark)
        self.hands = hands
        running = try AgentProcess(
            command: start.configuration.command,
            environment: start.environment,
            directory: start.configuration.directory,
            mask: start.mask,
            mark: mark,
            tap: start.tap
        )
        receiver = start.receiver
        let (logger, mask) = (start.logger, start.mask)
        let link = PipeLink(input: running.output, output: running.input, logger: logger) { line in
            logger.debug(
                "the agent wrote a line that is no message",
                metadata: ["acp.line": "\(mask.line(line, limit: 200))"]
            )
        }
        self.link = link
        reader = Task { [receiver = start.receiver] in await link.run(ACPRequests(receiver: receiver, hands: hands)) }
        peer = AgentPeer(link)
    }

    var process: AgentProcess? { running }

    var isAlive: Bool { running.isRunning && !receiver.isClosed }

    func initialize(clientVersion: String) async throws -> AgentCapabilities {
        try await peer.initialize(clientVersion: clientVersion, offering: AgentHands.capabilities)
    }

    func authenticate(_ methodID: String) async throws { try await peer.authenticate(methodID) }

    func newSession(_ setup: SessionSetup) async throws -> (id: String, options: SessionOptions) {
        try await peer.newSession(setup)
    }

    func resume(_ sessionID: String, _ setup: SessionSetup) async throws -> SessionOptions {
        try await peer.resume(sessionID, setup)
    }

    func load(_ sessionID: String, _ setup: SessionSetup) async throws -> SessionOptions {
        try await peer.load(sessionID, setup)
    }

    func prompt(_ sessionID: String, _ blocks: [ContentBlock]) async throws -> AgentPeer.StopReason {
        hands.beginTurn()
        do {
            return try await peer.prompt(sessionID, blocks)
        } catch let error as ACPClosed {
            // What it said before it went away is taken first.
            await reader.value
            throw error
        }
    }

    func cancel(_ sessionID: String) async throws { try await peer.cancel(sessionID) }

    func setConfigOption(_ sessionID: String, _ id: String, to value: String) async throws -> [ConfigOption] {
        let option = receiver.options.configOptions.first { $0.id == id }
        return try await peer.setConfigOption(sessionID, id, to: value, isBoolean: option?.isBoolean ?? false)
    }

    func setMode(_ sessionID: String, to mode: String) async throws {
        try await peer.setMode(sessionID, to: mode)
    }

    func setModel(_ sessionID: String, to model: String) async throws {
        try await peer.setModel(sessionID, to: model)
    }

    func close(now: Bool) async {
        await hands.close()
        link.close()
        await running.end(terminateAfter: now ? .zero : .seconds(2), killAfter: now ? .zero : .seconds(3))
        await reader.value
    }
}
