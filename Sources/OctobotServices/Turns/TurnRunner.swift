import JSONText
import Logging
import OctobotModel
import OctobotSandbox
import OctobotStore
import UIMessageStream

/// Brings a session's turns to their ends, one after the other.
///
/// A turn is `queued`, `delivering` once its prompt may have reached the agent, `running` with the agent's 202. After a
/// restart of either side the runner goes on where the log ends: delivery carries the turn's id as idempotency key,
/// chunks are read from the number after the last stored one.
struct TurnRunner: Sendable {
    let sessionID: SessionID
    let ledger: Ledger
    let sandboxes: SessionSandboxes
    let repositories: Repositories
    let credentials: CredentialDelivery
    let learner: AgentLearner
    let logger: Logger
    private let cancels = CancelRequests()

    init(
        sessionID: SessionID,
        ledger: Ledger,
        sandboxes: SessionSandboxes,
        repositories: Repositories,
        credentials: CredentialDelivery,
        learner: AgentLearner,
        logger: Logger
    ) {
        self.sessionID = sessionID
        self.ledger = ledger
        self.sandboxes = sandboxes
        self.repositories = repositories
        self.credentials = credentials
        self.learner = learner
        self.logger = logger
    }

    /// Works until no turn is left and every answer is delivered.
    ///
    /// - Throws: `CancellationError` when the daemon stops, ``Fault`` when the store fails.
    func run() async throws {
        let bell = ledger.bells.listen(to: .turns(sessionID))
        var pause = Self.shortestPause
        while let (session, turn) = try await next() {
            switch turn.state {
            case .queued, .delivering: try await deliver(turn, session)
            case .running:
                switch try await follow(turn, session) {
                case .goesOn: pause = Self.shortestPause
                case .lost(let progress):
                    if progress { pause = Self.shortestPause }
                    try await bell.wait(atMost: pause)
                    pause = min(pause * 2, .seconds(2))
                }
            case .completed, .failed, .cancelled, .unknown: return
            }
        }
        // A turn's end expires what is pending, so no undelivered answer outlives its turn.
    }

    private static let shortestPause = Duration.milliseconds(50)

    private func next() async throws -> (Session, Turn)? {
        try await ledger.read { [sessionID] reader in
            guard let session = try reader.session(sessionID, in: nil),
                let turn = try reader.nextTurn(in: sessionID)
            else { return nil }
            return (session, turn)
        }
    }

    // MARK: Delivery

    private func deliver(_ turn: Turn, _ session: Session) async throws {
        if try await endIfCancelledAndDown(turn, session) { return }
        if turn.state == .delivering {
            switch await sandboxes.sight(of: session) {
            case .absent:
                return try await end(
                    turn,
                    session,
                    .unknown,
                    "The sandbox is gone; whether the prompt reached it is not known."
                )
            case .hidden: return try await sightAwaited()
            case .running, .down: break
            }
        }
        let agent: any SandboxAgent
        do {
            agent = try await unlessCancelled(turn) { try await sandboxes.running(session) }
        } catch is TurnCancelled {
            return try await end(turn, session, .cancelled, "cancelled")
        } catch let fault as Fault where fault.kind != .cancelled {
            // A prompt that may have been delivered is not given up because its sandbox is out of sight.
            if turn.state == .delivering, fault.kind == .unavailable { return }
            return try await end(turn, session, .failed, fault.message)
        }
        if turn.state == .queued {
            let isOurs = try await ledger.write { transaction, wakes in
                let cause = StateCause(.sandbox, "The sandbox is up and gets the prompt.")
                guard
                    try transaction.turnTransition(
                        turn.id,
                        from: [.queued],
                        to: .delivering,
                        reason: nil,
                        cause: cause
                    )
                else { return false }
                if let turn = try transaction.turn(turn.id) {
                    try transaction.publish(turn: turn, in: session.projectID, &wakes)
                }
                return true
            }
            guard isOurs else { return }
        }
        try await send(turn, session, agent)
    }

    private func send(_ turn: Turn, _ session: Session, _ agent: any SandboxAgent) async throws {
        guard let message = try await ledger.read({ try $0.message(turn.messageID, session: turn.sessionID) }) else {
            return try await end(turn, session, .failed, "The prompt's message is missing.")
        }
        let identity = await repositories.identity(of: session)
        let credentials = try await credentials.credentials(of: session.id)
        let told: AgentDelivery?
        do {
            told = try await self.credentials.agent(of: session.id)
        } catch {
            guard error.kind == .invalidState else { throw error }
            let text = error.hint.map { "\(error.message) \($0)" } ?? error.message
            return try await end(turn, session, .failed, text)
        }
        let bell = ledger.bells.listen(to: .turns(sessionID))
        var pause = Self.shortestPause
        while true {
            do {
                try await agent.send(
                    turn: turn.id,
                    message: message,
                    model: turn.model ?? told?.model,
                    reasoning: turn.reasoning?.rawValue,
                    credentials: credentials,
                    settings: told?.settings,
                    identity: identity
                )
                break
            } catch .conflict(let other) {
                if try await isCancelRequested(turn) { return try await end(turn, session, .cancelled, "cancelled") }
                // An earlier turn is still winding down in the agent; one that ended here without it never would.
                try await cancelIfEnded(TurnID(other), before: turn, agent)
                try await bell.wait(atMost: pause)
            } catch .unreachable(let message) {
                if try await isCancelRequested(turn) {
                    await cancel(turn.id, agent)
                    return try await end(turn, session, .cancelled, "cancelled")
                }
                switch await sandboxes.sight(of: session) {
                case .absent: return try await end(turn, session, .unknown, "The sandbox is gone: \(message)")
                // Not running any more: start over; the idempotency key keeps the prompt single.
                case .down: return
                case .running, .hidden: try await bell.wait(atMost: pause)
                }
            } catch {
                return try await end(turn, session, .failed, error.fault(doing: "sending the prompt").message)
            }
            pause = min(pause * 2, .seconds(2))
        }
        try await ledger.write { transaction, wakes in
            let cause = StateCause(.agent, "The agent has taken the prompt.", turnID: turn.id)
            guard
                try transaction.turnTransition(
                    turn.id,
                    from: [.delivering],
                    to: .running,
                    reason: nil,
                    cause: StateCause(.agent, cause.text)
                )
            else { return }
            if let turn = try transaction.turn(turn.id) {
                try transaction.publish(turn: turn, in: session.projectID, &wakes)
            }
            let runs = try transaction.transition(
                session: session.id,
                from: [.ready],
                to: .running,
                error: nil,
                cause: cause
            )
            let isCommitOver = try transaction.setCommitState(session.id, from: [.completed], to: nil)
            if runs || isCommitOver { try transaction.publish(session: session.id, &wakes) }
        }
    }

    /// Waits a moment for the provider to see its sandboxes again.
    private func sightAwaited() async throws {
        try await ledger.bells.listen(to: .turns(sessionID)).wait(atMost: .seconds(1))
    }

    private func cancelIfEnded(_ other: TurnID, before turn: Turn, _ agent: any SandboxAgent) async throws {
        guard other != turn.id, try await ledger.read({ try $0.turn(other)?.state.isTerminal }) == true else { return }
        await cancel(other, agent)
    }

    private func cancel(_ turn: TurnID, _ agent: any SandboxAgent) async {
        do {
            try await agent.cancel(turn: turn)
        } catch {
            logger.debug("Turn not cancelled", metadata: ["turn.id": "\(turn)", "error": "\(error)"])
        }
    }

    // MARK: Following

    private enum Following {
        case goesOn
        /// The stream broke, after new chunks or without.
        case lost(progress: Bool)
    }

    private func follow(_ turn: Turn, _ session: Session) async throws -> Following {
        if try await endIfCancelledAndDown(turn, session) { return .goesOn }
        let agent: any SandboxAgent
        do {
            switch await sandboxes.sight(of: session) {
            case .absent:
                try await end(turn, session, .failed, "The session's sandbox is gone.")
                return .goesOn
            case .hidden: return .lost(progress: false)
            case .running:
                // A session on its way out is not started, but its agent is still told.
                let isUnwanted = try await isCancelRequested(turn)
                if isUnwanted {
                    agent = try await sandboxes.agent(of: session)
                } else {
                    agent = try await sandboxes.running(session)
                }
            case .down: agent = try await unlessCancelled(turn) { try await sandboxes.running(session) }
            }
        } catch is TurnCancelled {
            try await end(turn, session, .cancelled, "cancelled")
            return .goesOn
        } catch let fault as Fault where fault.kind != .cancelled {
            // Asked to end meanwhile: once more, for the agent.
            if try await isCancelRequested(turn), await sandboxes.isRunning(session) { return .lost(progress: false) }
            if fault.kind == .unavailable { return .lost(progress: false) }
            try await end(turn, session, .failed, fault.message)
            return .goesOn
        }
        try await showRunning(turn)
        let before = try await ledger.read { try $0.lastChunk(of: turn.id) }
        let follower = TurnFollower(
            turn: turn,
            session: session,
            agent: agent,
            ledger: ledger,
            logger: logger,
            cancels: cancels
        )
        switch try await follower.run() {
        case .ended: learner.turnEnded(in: session, agent)
        case .lost(let message):
            logger.info(
                "Lost the agent's stream",
                metadata: ["turn.id": "\(turn.id)", "session.id": "\(session.id)", "error": "\(message)"]
            )
            if try await isCancelRequested(turn), cancels.firstSeen(turn.id) + TurnFollower.cancelGrace < .now {
                try await end(turn, session, .cancelled, "cancelled")
                break
            }
            return .lost(progress: try await ledger.read { try $0.lastChunk(of: turn.id) } > before)
        case .unknownTurn:
            try await end(turn, session, .unknown, "The sandbox no longer knows this turn.")
        case .stuck:
            try await end(turn, session, .cancelled, "cancelled")
        case .failed(let reason):
            try await end(turn, session, .failed, reason)
        }
        return .goesOn
    }

    /// A sandbox that was started again under its turn has left the session `ready`.
    private func showRunning(_ turn: Turn) async throws {
        guard try await ledger.read({ [sessionID] in try $0.session(sessionID, in: nil)?.status }) == .ready else {
            return
        }
        try await ledger.write { [sessionID] transaction, wakes in
            guard try transaction.turn(turn.id)?.state == .running,
                try transaction.transition(
                    session: sessionID,
                    from: [.ready],
                    to: .running,
                    error: nil,
                    cause: StateCause(.sandbox, "The sandbox is up again under its turn.", turnID: turn.id)
                )
            else { return }
            try transaction.publish(session: sessionID, &wakes)
        }
    }

    // MARK: Ending

    private func isCancelRequested(_ turn: Turn) async throws -> Bool {
        try await ledger.read { try $0.isCancelRequested(turn.id) }
    }

    /// Ends a turn nobody wants any more when no agent runs that could be told; no sandbox is started for that.
    private func endIfCancelledAndDown(_ turn: Turn, _ session: Session) async throws -> Bool {
        guard try await isCancelRequested(turn), await !sandboxes.isRunning(session) else { return false }
        try await end(turn, session, .cancelled, "cancelled")
        return true
    }

    private func end(_ turn: Turn, _ session: Session, _ state: TurnState, _ reason: String) async throws {
        try await ledger.write { transaction, wakes in
            let soFar = try transaction.turnChunks(turn.id)
            let closing =
                state == .cancelled
                ? StreamCloser.cancelled(after: soFar) : StreamCloser.failed(after: soFar, text: reason)
            let cause =
                switch state {
                case .cancelled: StateCause(.request, "It was cancelled.")
                case .unknown: StateCause(.unknown, reason)
                default: StateCause(.sandbox, reason)
                }
            try transaction.endTurn(
                turn,
                state,
                reason: reason,
                cause: cause,
                closing: closing,
                in: session.projectID,
                &wakes
            )
        }
    }

    private struct TurnCancelled: Error {}

    /// Runs `body`, giving up as soon as the turn is asked to end.
    private func unlessCancelled<Value: Sendable>(
        _ turn: Turn,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let bell = ledger.bells.listen(to: .turns(sessionID))
        let ledger = ledger
        return try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while true {
                    let isWanted = try await ledger.read { reader in
                        try reader.turn(turn.id)?.state.isTerminal == false && !(try reader.isCancelRequested(turn.id))
                    }
                    guard isWanted else { throw TurnCancelled() }
                    try await bell.wait()
                }
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }
}
