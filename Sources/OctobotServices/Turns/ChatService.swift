import JSONText
package import OctobotAPI
package import OctobotModel
import OctobotStore
import UIMessageStream

/// Prompts and their turns (`chat.*`).
package struct ChatService: Sendable {
    private let ledger: Ledger
    private let repositories: Repositories
    private let disk: DiskLimits

    /// How many turns may wait in one session (decision 38).
    static let queueLimit = 100

    package init(ledger: Ledger, repositories: Repositories, disk: DiskLimits) {
        self.ledger = ledger
        self.repositories = repositories
        self.disk = disk
    }

    /// `chat.send`: stores the prompt and its turn and returns; the answer is in the session's log (decision 36).
    ///
    /// The message's id makes it exactly once: the same id and content give the same answer, other content 1105.
    package func send(_ params: SendChat.Params, _ call: Call) async throws(Fault) -> SentPrompt {
        let project = params.projectID ?? .local
        let parts = try Self.parts(of: params)
        let messageID = params.message?.id ?? call.idempotencyKey ?? Identifier<Turn>.random().rawValue
        let prompt = Prompt(messageID: messageID, parts: parts)
        var isDirty: Bool?
        if let create = params.create {
            let workspace = try await ledger.read { try $0.workspace(create.workspaceID, in: project) }
            if let workspace { isDirty = await repositories.isDirty(workspace) }
        }
        let dirty = isDirty
        return try await ledger.write { transaction, wakes in
            let session = try Self.session(for: params, parts, isDirty: dirty, in: project, transaction, &wakes)
            if let sent = try Self.repeated(prompt, in: session, transaction) {
                call.replay.make()
                return sent
            }
            try disk.checkReserve()
            try Self.admit(params.mode ?? .queue, to: session, transaction)
            try transaction.set(params.model, params.reasoning, of: session, &wakes)
            let (turn, before) = try transaction.enqueue(
                prompt,
                in: session,
                model: params.model ?? session.model,
                reasoning: params.reasoning ?? session.reasoning,
                &wakes
            )
            return SentPrompt(
                turnID: turn.id,
                messageID: messageID,
                sessionID: session.id,
                state: .queued,
                position: try transaction.activeTurns(in: session.id).count - 1,
                cursor: Cursor(chat: session.id, position: before).description
            )
        }
    }

    private static func parts(of params: SendChat.Params) throws(Fault) -> [JSONValue] {
        switch (params.message, params.text) {
        case (let message?, nil): return message.parts
        case (nil, let text?): return [["type": "text", "text": .string(text)]]
        case (nil, nil):
            throw .invalidParams("A prompt needs a message or a text.", pointer: "/text", rule: "required")
        case (.some, .some):
            throw .invalidParams("A prompt has a message or a text, not both.", pointer: "/text", rule: "unexpected")
        }
    }

    private static func session(
        for params: SendChat.Params,
        _ parts: [JSONValue],
        isDirty: Bool?,
        in project: ProjectID,
        _ transaction: StoreTransaction,
        _ wakes: inout Wakes
    ) throws -> Session {
        if let session = try transaction.session(params.sessionID, in: project) {
            if session.status == .removing { throw Fault.removing(session) }
            return session
        }
        guard let create = params.create else { throw Fault.notFound("session", params.sessionID) }
        let text = parts.lazy.filter { $0["type"] == "text" }.compactMap { $0["text"]?.stringValue }
            .first { !$0.allSatisfy(\.isWhitespace) }
        let draft = SessionDraft(
            id: params.sessionID,
            workspaceID: create.workspaceID,
            agentID: create.agentID,
            name: create.name ?? text,
            model: params.model,
            reasoning: params.reasoning,
            permissionMode: create.permissionMode,
            isDirty: isDirty
        )
        let session = try transaction.createSession(draft, in: project, &wakes)
        try transaction.enqueueInit(of: session)
        wakes.ring(.jobs)
        return session
    }

    /// The answer an earlier send of the same message got.
    private static func repeated(
        _ prompt: Prompt,
        in session: Session,
        _ transaction: StoreTransaction
    ) throws -> SentPrompt? {
        guard let earlier = try transaction.turn(message: prompt.messageID, in: session.id) else { return nil }
        guard earlier.contentHash == prompt.hash else {
            throw Fault(
                .idempotencyConflict,
                "Message '\(prompt.messageID)' was sent with other content before.",
                details: ["messageId": .string(prompt.messageID), "turnId": .string(earlier.turn.id.rawValue)]
            )
        }
        let waiting = try transaction.activeTurns(in: session.id)
        return SentPrompt(
            turnID: earlier.turn.id,
            messageID: prompt.messageID,
            sessionID: session.id,
            state: earlier.turn.state,
            position: waiting.firstIndex { $0.id == earlier.turn.id } ?? 0,
            cursor: Cursor(chat: session.id, position: earlier.promptPosition).description
        )
    }

    private static func admit(_ mode: SendChat.Mode, to session: Session, _ transaction: StoreTransaction) throws {
        if let status = session.commitStatus, status == .pending || status == .committing {
            throw Fault.invalidState(
                "The session is being committed.",
                reason: "session.committing",
                state: status.rawValue,
                hint: "Wait for the commit to end."
            )
        }
        let active = try transaction.activeTurns(in: session.id)
        if mode == .reject, let busy = active.first {
            throw Fault.invalidState(
                "A turn is \(busy.state.rawValue).",
                reason: "session.busy",
                state: session.status.rawValue,
                hint: "Wait for it, cancel it, or send with mode \"queue\"."
            )
        }
        if active.count > queueLimit {
            throw Fault(
                .overloaded,
                "\(queueLimit) prompts wait in this session already.",
                reason: "session.queueFull",
                details: ["limit": .integer(Int64(queueLimit))]
            )
        }
    }

    /// `chat.cancel`: ends the named turn, else the running one; the others go on.
    package func cancel(_ params: CancelChat.Params, _ call: Call) async throws(Fault) -> Turn {
        let project = params.projectID ?? .local
        return try await ledger.write { transaction, wakes in
            guard let session = try transaction.session(params.sessionID, in: project) else {
                throw Fault.notFound("session", params.sessionID)
            }
            let active = try transaction.activeTurns(in: session.id)
            let turn: Turn
            if let id = params.turnID {
                guard let named = try transaction.turn(id), named.sessionID == session.id else {
                    throw Fault.notFound("turn", id)
                }
                turn = named
            } else if let first = active.first {
                turn = first
            } else {
                throw Fault.invalidState(
                    "No turn is running.",
                    reason: "session.idle",
                    state: session.status.rawValue
                )
            }
            guard !turn.state.isTerminal else {
                throw Fault.invalidState(
                    "The turn is \(turn.state.rawValue) already.",
                    reason: "turn.ended",
                    state: turn.state.rawValue
                )
            }
            try transaction.cancelTurns([turn], in: session, &wakes)
            return try transaction.turn(turn.id) ?? turn
        }
    }

    /// `chat.status`.
    package func status(_ params: ChatStatus.Params, _ call: Call) async throws(Fault) -> ChatStatus.Result {
        let project = params.projectID ?? .local
        let id = params.sessionID
        let status = try await ledger.read { reader -> ChatStatus.Result? in
            guard try reader.session(id, in: project) != nil else { return nil }
            let active = try reader.activeTurns(in: id)
            return ChatStatus.Result(
                sessionID: id,
                running: active.first { $0.state != .queued },
                queued: active.filter { $0.state == .queued },
                cursor: Cursor(chat: id, position: try reader.chatHead(session: id)).description
            )
        }
        guard let status else { throw .notFound("session", id) }
        return status
    }
}

extension StoreTransaction {
    /// Ends turns that wait, and asks the runner to end the one that is with the agent.
    func cancelTurns(_ turns: [Turn], in session: Session, _ wakes: inout Wakes) throws {
        for turn in turns {
            try requestCancel(turn.id)
            if turn.state == .queued {
                try endTurn(
                    turn,
                    .cancelled,
                    reason: "cancelled",
                    cause: StateCause(.request, "It was cancelled before it reached the agent."),
                    closing: StreamCloser.cancelled(after: []),
                    in: session.projectID,
                    &wakes
                )
            }
        }
        wakes.run(session.id)
    }

    /// Ends a turn once: closing chunks, state, stored answer, what it used, expired approvals, session state, events.
    ///
    /// - Parameter closing: Chunks to append first; empty when the agent has closed the stream itself.
    /// - Returns: Whether this call ended it.
    @discardableResult
    func endTurn(
        _ turn: Turn,
        _ state: TurnState,
        reason: String?,
        cause: StateCause,
        closing: [[UInt8]],
        in project: ProjectID,
        _ wakes: inout Wakes
    ) throws -> Bool {
        guard
            try turnTransition(
                turn.id,
                from: [.queued, .delivering, .running],
                to: state,
                reason: reason,
                cause: cause
            )
        else {
            return false
        }
        var n = try lastChunk(of: turn.id)
        for chunk in closing {
            n += 1
            try appendChunk(chunk, n: n, of: turn.id, in: turn.sessionID, &wakes)
        }
        if !closing.isEmpty { try setLastChunk(turn.id, to: n) }
        let chunks = try turnChunks(turn.id)
        if let message = MessageFolder.fold(chunks) {
            if let id = message["id"]?.stringValue, message["parts"]?.arrayValue?.isEmpty == false {
                try insertMessage(message, id: id, session: turn.sessionID, turn: turn.id, role: "assistant")
            }
            if let told = ToldUsage(message) {
                let before = try lastSessionCost(turn.sessionID)
                let usage = told.usage(of: turn.id, in: turn.sessionID, before: before)
                try insertUsage(usage, sessionCost: told.sessionCost, in: project, at: .now)
            }
        }
        for approval in try expireApprovals(turn: turn.id) { try publish(approval: approval, in: project, &wakes) }
        if let ended = try self.turn(turn.id) { try publish(turn: ended, in: project, &wakes) }
        let sessionCause = StateCause(.agent, "The turn is \(state.rawValue).", turnID: turn.id)
        if turn.state != .queued,
            try transition(session: turn.sessionID, from: [.running], to: .ready, error: nil, cause: sessionCause)
        {
            try publish(session: turn.sessionID, &wakes)
        }
        wakes.ring(.chat(turn.sessionID))
        wakes.ring(.turns(turn.sessionID))
        return true
    }
}
