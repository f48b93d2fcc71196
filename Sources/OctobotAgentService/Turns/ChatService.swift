import Foundation
import JSONText
import Logging
import SandboxAgentAPI
import UIMessageStream

/// The turns of the sandbox, one at a time (agent-api.md §5 as changed by decisions 27–31).
actor ChatService {
    /// A turn that was asked for.
    struct Request: Sendable {
        var turn: String
        var message: JSONValue
        var model: String?
        var reasoning: String?
        /// `nil` keeps the credentials, a list replaces them.
        var credentials: [AgentCredential]?
        /// `nil` keeps the settings.
        var settings: AgentSettings?
        var identity: AgentGitIdentity?

        init(
            turn: String,
            message: JSONValue,
            model: String? = nil,
            reasoning: String? = nil,
            credentials: [AgentCredential]? = nil,
            settings: AgentSettings? = nil,
            identity: AgentGitIdentity? = nil
        ) {
            self.turn = turn
            self.message = message
            self.model = model
            self.reasoning = reasoning
            self.credentials = credentials
            self.settings = settings
            self.identity = identity
        }
    }

    private struct Running {
        var id: String
        var control: TurnControl
        var task: Task<Void, Never>
    }

    private let configuration: AgentConfiguration
    private let driver: AgentDriver
    nonisolated let spool: Spool
    private let desk = QuestionDesk()
    private let setIdentity: @Sendable (AgentGitIdentity) async throws -> Void
    private let turnEnded: @Sendable () async -> Void
    private let logger: Logger
    private var running: Running?
    private var reservations = 0
    private var last = ChatStatus()

    /// - Parameter turnEnded: called after each turn, however it ended.
    init(
        _ configuration: AgentConfiguration,
        spool: Spool,
        version: String,
        logger: Logger,
        setIdentity: @escaping @Sendable (AgentGitIdentity) async throws -> Void,
        turnEnded: @escaping @Sendable () async -> Void = {}
    ) {
        self.configuration = configuration
        self.spool = spool
        self.logger = logger
        self.setIdentity = setIdentity
        self.turnEnded = turnEnded
        driver = AgentDriver(configuration, version: version, logger: logger)
    }

    /// What became of a request for a turn.
    enum Acceptance: Sendable, Equatable {
        case accepted
        /// Another turn runs.
        case conflict(running: String)
        /// The work tree is being moved.
        case reserved
    }

    /// Keeps turns from starting until ``release()``; gives the turn that runs instead, when one does.
    func reserve() -> String? {
        if let running { return running.id }
        reservations += 1
        return nil
    }

    /// Ends one ``reserve()``.
    func release() { reservations -= 1 }

    /// Whether the turn with this key was accepted before, now or in an earlier life of the service.
    func knows(_ turn: String) -> Bool { spool.knows(turn) }

    /// The turn that runs.
    var runningTurn: String? { running?.id }

    /// Accepts a turn durably and starts it.
    func start(_ request: Request) throws -> Acceptance {
        if spool.knows(request.turn) { return .accepted }
        if let running { return .conflict(running: running.id) }
        guard reservations == 0 else { return .reserved }
        try spool.accept(request.turn)
        let control = TurnControl()
        let recorder = TurnRecorder(
            id: request.turn,
            spool: spool,
            desk: desk,
            mode: configuration.mode,
            directory: configuration.directory
        )
        last = ChatStatus(isRunning: true, completionID: request.turn, startedAt: AgentTime.text())
        let task = Task { await run(request, recorder, control) }
        running = Running(id: request.turn, control: control, task: task)
        return .accepted
    }

    private func run(_ request: Request, _ recorder: TurnRecorder, _ control: TurnControl) async {
        let ending = await outcome(of: request, recorder, control)
        desk.expire()
        await recorder.finish(ending)
        if case .error(let text) = ending { last.error = text }
        last.isRunning = false
        running = nil
        await turnEnded()
    }

    /// Runs the turn against its cancellation: once cancelled it has some seconds to end by itself.
    private func outcome(
        of request: Request,
        _ recorder: TurnRecorder,
        _ control: TurnControl
    ) async -> StreamCloser.Ending {
        let grace = configuration.limits.cancel
        return await withTaskGroup(of: StreamCloser.Ending?.self) { group in
            group.addTask { await self.drive(request, recorder, control) }
            group.addTask {
                guard await control.waitForCancel() else { return nil }
                guard control.hasPrompt else { return .cancelled }
                do { try await Task.sleep(for: grace) } catch { return nil }  // ok: the deadline itself
                await self.driver.stop(now: true)
                return .cancelled
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .cancelled
        }
    }

    private func drive(
        _ request: Request,
        _ recorder: TurnRecorder,
        _ control: TurnControl
    ) async -> StreamCloser.Ending? {
        do {
            if let identity = request.identity { try await setIdentity(identity) }
            if let credentials = request.credentials { await driver.replaceCredentials(credentials) }
            if let settings = request.settings { await driver.replaceSettings(settings) }
            let prompt = AgentDriver.Prompt(
                message: request.message,
                model: request.model,
                reasoning: request.reasoning
            )
            let ending = try await driver.run(prompt, recorder) { control.promptSent(cancel: $0) }
            return control.isCancelled ? .cancelled : ending
        } catch {
            guard !control.isCancelled, !(error is CancellationError) else { return .cancelled }
            logger.info("turn failed", metadata: ["turn.id": "\(request.turn)"])
            return .error("\(error)")
        }
    }

    /// Cancels a turn, the running one without `id`; `nil` when it does not run.
    func cancel(_ id: String?) async -> String? {
        guard let running, id == nil || id == running.id else { return nil }
        running.control.cancel()
        desk.expire()
        return running.id
    }

    /// What runs, or ran last.
    var status: ChatStatus { last }

    /// Ends the running turn and the agent's process; for the end of the service.
    func shutDown() async {
        running?.control.cancel()
        await driver.stop(now: true)
        await running?.task.value
    }
}

// MARK: - Questions and the agent

extension ChatService {
    /// The oldest question that waits, or the state of one.
    nonisolated func question(_ id: String?) -> QuestionState { desk.state(of: id) }

    /// Takes a person's answers.
    nonisolated func answer(_ answer: AnswerQuestion) -> QuestionDesk.Receipt {
        desk.answer(answer.toolUseID, answer.answers)
    }

    /// The models of the agent, which is started for it when necessary.
    func models(credentials: [AgentCredential]?) async throws -> ModelList {
        if let credentials, running == nil { await driver.replaceCredentials(credentials) }
        do {
            return try await driver.models()
        } catch {
            throw AgentFailure.describing(error, configuration.entry)
        }
    }

    /// The state of the agent's process.
    func health(version: String) async -> AgentHealth {
        AgentHealth(connected: await driver.isConnected, agent: await driver.description, version: version)
    }
}
