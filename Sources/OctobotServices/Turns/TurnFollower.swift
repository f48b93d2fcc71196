import JSONText
import Logging
import OctobotModel
import OctobotSandbox
import OctobotStore
import Synchronization
import UIMessageStream

/// Moves one running turn's chunks from the agent to the log, and answers and cancellation the other way.
struct TurnFollower: Sendable {
    enum Outcome: Sendable {
        case ended
        /// The stream broke before the turn's end; the turn is still running as far as anybody knows.
        case lost(String)
        /// The agent has never heard of the turn, or not any more.
        case unknownTurn
        /// The turn was cancelled and the agent did not end it in time.
        case stuck
        /// The agent answers, but never with what is needed.
        case failed(String)
    }

    let turn: Turn
    let session: Session
    let agent: any SandboxAgent
    let ledger: Ledger
    let logger: Logger
    let cancels: CancelRequests

    /// How long a cancelled turn may take to end.
    static let cancelGrace = Duration.seconds(20)
    /// The least time between two commits.
    ///
    /// A sandbox, which gets the processor last, would otherwise be asked for each chunk of a flood alone; a chunk that comes
    /// later than that after the one before is not held up.
    private static let pace = Duration.milliseconds(1)

    func run() async throws -> Outcome {
        let last = try await ledger.read { [turn] in try $0.lastChunk(of: turn.id) }
        let buffer = ChunkBuffer()
        return try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask { try await read(from: last, into: buffer) }
            group.addTask { try await store(from: buffer) }
            group.addTask { try await control() }
            defer { group.cancelAll() }
            while let outcome = try await group.next() {
                if let outcome { return outcome }
            }
            throw CancellationError()
        }
    }

    /// Fills the buffer; the storing task tells the outcome once it has drained what came.
    private func read(from n: Int, into buffer: ChunkBuffer) async throws -> Outcome? {
        do {
            for try await chunk in agent.chunks(turn: turn.id, from: n) { try await buffer.append(chunk) }
            buffer.close(.ended)
        } catch SandboxAgentError.notFound {
            buffer.close(.unknownTurn)
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as SandboxAgentError {
            buffer.close(Self.outcome(of: error))
        } catch {
            buffer.close(.lost("\(error)"))
        }
        return nil
    }

    private static func outcome(of error: SandboxAgentError) -> Outcome {
        error.isPermanent ? .failed(error.fault(doing: "reading the turn").message) : .lost("\(error)")
    }

    private func store(from buffer: ChunkBuffer) async throws -> Outcome? {
        do {
            return try await stored(from: buffer)
        } catch let error as SandboxAgentError {
            return Self.outcome(of: error)
        }
    }

    private func stored(from buffer: ChunkBuffer) async throws -> Outcome {
        var acknowledged = 0
        var recorded = ContinuousClock.now - Self.pace
        while true {
            try await Task.sleep(until: recorded + Self.pace, clock: .continuous)  // ok: the pace of a flood
            let (chunks, end) = try await buffer.drain()
            if !chunks.isEmpty {
                recorded = .now
                try await record(chunks)
                if let n = chunks.last?.n, n - acknowledged >= 256 {
                    acknowledged = n
                    await acknowledge(n)
                }
            }
            switch end {
            case nil: continue
            case .ended:
                try await finish()
                return .ended
            case .unknownTurn where try await isComplete():
                // Everything was stored and acknowledged, so the agent forgot it; only the end was not recorded.
                try await finish()
                return .ended
            case .some(let other): return other
            }
        }
    }

    /// Stores chunks in order; one that asks for approval waits for its question and is stored with it (decision 32).
    private func record(_ chunks: [AgentChunk]) async throws {
        var plain: ArraySlice<AgentChunk> = []
        for chunk in chunks {
            if let request = ApprovalRequest(chunk.bytes) {
                try await append(plain)
                plain = []
                try await record(chunk, request)
            } else {
                plain.append(chunk)
            }
        }
        try await append(plain)
    }

    private func append(_ chunks: ArraySlice<AgentChunk>) async throws {
        guard let last = chunks.last else { return }
        try await ledger.write { [turn, session] transaction, wakes in
            guard try transaction.turn(turn.id)?.state.isTerminal == false else { return }
            for chunk in chunks {
                try transaction.appendChunk(chunk.bytes, n: chunk.n, of: turn.id, in: session.id, &wakes)
                if chunk.n == 1, let model = StartChunk.model(chunk.bytes), model != session.model {
                    try transaction.setSessionModel(session.id, to: model)
                    try transaction.publish(session: session.id, &wakes)
                }
                if let title = SessionTitle.text(chunk.bytes) {
                    try transaction.take(title: title, of: session.id, in: turn, &wakes)
                }
            }
            try transaction.setLastChunk(turn.id, to: last.n)
        }
    }

    private func record(_ chunk: AgentChunk, _ request: ApprovalRequest) async throws {
        let question: AgentQuestion?
        do {
            question = try await agent.question(request.approvalID)
        } catch .notFound {
            question = nil
        }
        try await ledger.write { [turn, session] transaction, wakes in
            guard try transaction.turn(turn.id)?.state.isTerminal == false else { return }
            let isNew = try transaction.appendChunk(
                chunk.bytes,
                n: chunk.n,
                of: turn.id,
                in: session.id,
                &wakes
            )
            try transaction.setLastChunk(turn.id, to: chunk.n)
            guard isNew, let question else { return }
            let approval = Approval(
                id: ApprovalID(request.approvalID),
                sessionID: session.id,
                turnID: turn.id,
                toolCallID: request.toolCallID,
                kind: question.isPermission ? .permission : .question,
                state: .pending,
                questions: question.questions,
                subject: question.isPermission ? question.subject : nil,
                createdAt: .now
            )
            try transaction.ask(approval, in: session.projectID, &wakes)
        }
    }

    /// Whether the log holds the turn's last chunk.
    private func isComplete() async throws -> Bool {
        try await ledger.read { [turn] in StreamEnding(try $0.turnChunks(turn.id)).isFinished }
    }

    private func finish() async throws {
        let n = try await ledger.write { [turn, session] transaction, wakes in
            let chunks = try transaction.turnChunks(turn.id)
            let ending = StreamEnding(chunks)
            let state: TurnState
            let reason: String?
            if try transaction.isCancelRequested(turn.id) {
                (state, reason) = (.cancelled, "cancelled")
            } else if let error = ending.error {
                (state, reason) = (.failed, error)
            } else {
                (state, reason) = (.completed, nil)
            }
            let closing =
                ending.isFinished ? [] : StreamCloser.failed(after: chunks, text: "The agent's answer broke off.")
            let cause =
                switch state {
                case .cancelled: StateCause(.request, "It was cancelled.")
                case .completed: StateCause(.agent, "The agent ended its answer.")
                default: StateCause(.agent, reason)
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
            return chunks.count
        }
        await acknowledge(n)
    }

    /// Lets the agent forget what is stored; it asks again for nothing, so a lost acknowledgement costs only space.
    private func acknowledge(_ n: Int) async {
        do {
            try await agent.acknowledge(turn: turn.id, n: n)
        } catch {
            logger.debug("Chunks not acknowledged", metadata: ["turn.id": "\(turn.id)", "error": "\(error)"])
        }
    }

    // MARK: The other way

    /// Delivers answers and cancellation for as long as the turn runs.
    private func control() async throws -> Outcome? {
        let bell = ledger.bells.listen(to: .turns(session.id))
        var hasCancelled = false
        while true {
            let isCancelled = try await ledger.read { [turn] in try $0.isCancelRequested(turn.id) }
            let deadline = isCancelled ? cancels.firstSeen(turn.id) + Self.cancelGrace : nil
            if isCancelled, !hasCancelled, await cancel() { hasCancelled = true }
            let areDelivered = try await deliverAnswers()
            if let deadline, hasCancelled || deadline < .now {
                try await Task.sleep(until: deadline, clock: .continuous)  // ok: the deadline itself
                return .stuck
            }
            if areDelivered, isCancelled == hasCancelled {
                try await bell.wait()
            } else {
                try await bell.wait(atMost: .milliseconds(250))
            }
        }
    }

    private func cancel() async -> Bool {
        do {
            try await agent.cancel(turn: turn.id)
            return true
        } catch .conflict, .notFound {
            return true
        } catch {
            logger.debug("Turn not cancelled yet", metadata: ["turn.id": "\(turn.id)", "error": "\(error)"])
            return false
        }
    }

    /// - Returns: Whether nothing is left to deliver.
    private func deliverAnswers() async throws -> Bool {
        var areDelivered = true
        for approval in try await ledger.read({ [session] in try $0.undeliveredApprovals(session: session.id) }) {
            do {
                try await agent.answer(approval.id.rawValue, answers: approval.answers ?? [:])
                try await ledger.write { transaction, _ in try transaction.markDelivered(approval.id) }
            } catch SandboxAgentError.notFound {
                try await ledger.write { [session] transaction, wakes in
                    guard let expired = try transaction.expireApproval(approval.id) else { return }
                    try transaction.publish(approval: expired, in: session.projectID, &wakes)
                }
            } catch let error as SandboxAgentError {
                logger.info(
                    "Answer not delivered yet",
                    metadata: ["approval.id": "\(approval.id)", "error": "\(error)"]
                )
                guard case .refused(400..<500, _, _) = error else {
                    areDelivered = false
                    continue
                }
                // The agent will not take this answer however often it comes; people may give another.
                try await ledger.write { [session] transaction, wakes in
                    guard let open = try transaction.reopenApproval(approval.id) else { return }
                    try transaction.publish(approval: open, in: session.projectID, &wakes)
                }
            }
        }
        return areDelivered
    }
}
