import AgentClientProtocol
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel
import Synchronization

extension EditorSession {
    /// Whether somebody has to start ``follow()``; true once for each time it has ended.
    func mustRead() -> Bool {
        state.withLock { state in
            guard !state.isReading, !state.isClosed else { return false }
            state.isReading = true
            return true
        }
    }

    /// Reads the chat log and tells the editor, until the session is closed or the log or the daemon is gone for good.
    ///
    /// The next prompt starts it again, at the entry after the last one told.
    func follow() async {
        do {
            try await read()
            fail(ACPError(code: ACPError.internalCode, message: "The session's log has ended"))
        } catch {
            fail(ACPError(error))
        }
    }

    private func read() async throws {
        var translation = ChunkTranslation(paths: paths)
        let position = state.withLock { $0.position }
        let params = SubscribeChat.Params(projectID: connected.project, sessionID: id, from: position)
        for try await element in connected.client.chat(params) {
            guard !state.withLock({ $0.isClosed }) else { return }
            switch element {
            case .snapshot(let messages, _):
                for text in messages { try await show(translation.updates(ofMessage: JSONValue(parsing: text))) }
            case .item(let item, let cursor, _, _):
                try await take(item, &translation)
                state.withLock { $0.position = .cursor(cursor) }
            case .synced(let cursor):
                state.withLock { state in
                    state.position = .cursor(cursor)
                    state.isPresent = true
                }
                caughtUp.fulfil(.success(()))
                openDialogs()
            case .bookmark(let cursor): state.withLock { if $0.isPresent { $0.position = .cursor(cursor) } }
            case .reconnecting(let error): note("\(error.description) Connecting again.")
            case .gap(let reason, _, _): note("A part of the chat log is gone: \(reason)")
            case .end(let reason, _): return note("The chat log has ended: \(reason)")
            case .started, .bytes, .exited: break
            }
        }
    }

    /// Ends what waits for the log.
    private func fail(_ error: ACPError) {
        let prompts = state.withLock { state in
            state.isReading = false
            return Array(state.prompts.values)
        }
        for prompt in prompts { prompt.ending.fulfil(.failure(error)) }
        caughtUp.fulfil(.failure(error))
    }

    /// Sends updates, unless they are of a past the editor did not ask for.
    private func show(_ updates: [JSONValue]) async throws {
        guard state.withLock({ $0.isPresent || $0.replays }) else { return }
        for update in updates { try await send(update) }
    }

    private func take(_ item: ChatItem, _ translation: inout ChunkTranslation) async throws {
        switch item {
        case .prompt(let turnID, let message):
            let isOurs = state.withLock { state in
                let key = message["id"]?.stringValue ?? ""
                state.prompts[key]?.turnID = turnID
                return state.prompts[key] != nil
            }
            // The editor shows its own prompts by itself.
            if !isOurs { try await show(translation.updates(ofMessage: message)) }
        case .chunk(_, _, let chunk):
            try await show(translation.updates(chunk))
        case .approval(_, let approval):
            note(approval, translation.call(approval.toolCallID))
        case .turn(let turnID, let turn, let reason):
            try await take(turnID, turn, reason, &translation)
        }
    }

    private func take(
        _ id: TurnID,
        _ turn: TurnState,
        _ reason: String?,
        _ translation: inout ChunkTranslation
    ) async throws {
        if turn == .delivering || turn == .running { try await greet() }
        if turn == .delivering { translation.beginTurn() }
        guard turn.isTerminal else { return }
        let prompt = state.withLock { $0.prompts.values.first { $0.turnID == id } }
        let ending = Self.ending(
            turn,
            reason: reason,
            finish: translation.finishReason,
            error: translation.errorText,
            wasCancelled: prompt?.isCancelled == true
        )
        translation.beginTurn()
        if let prompt { return prompt.ending.fulfil(ending) }
        // Who sent the prompt is told elsewhere.
        if case .failure(let error) = ending {
            try await show([EditorUpdate.message(.text("\n\(error.message)\n"), id: nil)])
        }
    }

    /// How a turn's end is told to the one who prompted (acp.md §18.3).
    static func ending(
        _ state: TurnState,
        reason: String?,
        finish: String?,
        error: String?,
        wasCancelled: Bool
    ) -> Ending {
        switch state {
        case .cancelled: return .success("cancelled")
        case .failed where wasCancelled: return .success("cancelled")
        case .failed:
            let text = error ?? reason ?? "The turn failed"
            return .failure(ACPError(code: ACPError.internalCode, message: text))
        case .unknown:
            let text = "Nobody can tell what became of the prompt" + (reason.map { ": \($0)" } ?? "")
            return .failure(ACPError(code: ACPError.internalCode, message: text))
        case .completed, .queued, .delivering, .running:
            switch finish {
            case "length": return .success("max_tokens")
            case "content-filter": return .success("refusal")
            default: return .success("end_turn")
            }
        }
    }

    /// Says once where the agent works (acp.md §18.4).
    private func greet() async throws {
        let greeting = state.withLock { state in
            defer { state.greeting = nil }
            return state.greeting
        }
        guard let greeting else { return }
        try await send(EditorUpdate.message(.text(greeting), id: "octobot"))
    }
}
