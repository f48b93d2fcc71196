import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

extension ChatTurn {
    /// Shows the items of the turn from the chat log until it ends; a lost connection continues at its cursor.
    func read(_ sent: SentPrompt) async throws -> TurnState {
        var renderer = ChatRenderer()
        var text = ""
        let params = SubscribeChat.Params(
            projectID: connected.project,
            sessionID: sent.sessionID,
            from: .cursor(sent.cursor)
        )
        for try await element in connected.client.chat(params) {
            switch element {
            case .item(let item, _, _, let json):
                guard item.turnID == sent.turnID else { continue }
                show(item, json, &renderer, &text)
                if case .approval(_, let approval) = item { desk.note(approval) }
                guard case .turn(_, let state, let reason) = item else { continue }
                if state == .running { try await warn(sent.sessionID) }
                guard state.isTerminal else { continue }
                if connected.format == .json { summarize(sent, state, reason, text) }
                return state
            case .reconnecting:
                connected.console.note("The connection was lost; connecting again …", .dim)
            case .gap(let reason, _, _):
                connected.console.note("A part of the log is gone: \(TerminalText.line(reason)).", .yellow)
            case .end(let reason, _):
                throw Failure("The session's log ended: \(TerminalText.line(reason)).", status: .undecided)
            case .started, .bytes, .snapshot, .synced, .bookmark, .exited:
                break
            }
        }
        throw Failure("The session's log ended.", status: .undecided)
    }

    private func show(_ item: ChatItem, _ json: [UInt8], _ renderer: inout ChatRenderer, _ text: inout String) {
        let console = connected.console
        switch connected.format {
        case .ndjson:
            console.line(bytes: json)
        case .json:
            if case .chunk(_, _, let chunk) = item, chunk["type"]?.stringValue == "text-delta" {
                text += chunk["delta"]?.stringValue ?? ""
            }
        case .table:
            console.show(renderer.render(item))
        }
    }

    /// Says what the sandbox does not enforce (design.md §2, promise 4).
    private func warn(_ id: SessionID) async throws {
        let params = GetSession.Params(projectID: connected.project, sessionID: id)
        let session = try await connected.persistently { try await connected.client.call(GetSession.self, params) }
        guard !session.isolationNotes.isEmpty else { return }
        let notes = TerminalText.line(session.isolationNotes.joined(separator: ", "))
        connected.console.note("Weakened sandbox: \(notes)", .yellow)
    }

    /// The one object of `--output json`.
    private func summarize(_ sent: SentPrompt, _ state: TurnState, _ reason: String?, _ text: String) {
        var members: [String: JSONValue] = [
            "sessionId": .string(sent.sessionID.rawValue), "turnId": .string(sent.turnID.rawValue),
            "messageId": .string(sent.messageID), "state": .string(state.rawValue), "text": .string(text),
        ]
        members["reason"] = reason.map { .string($0) }
        connected.console.line(bytes: JSONValue.object(members).serialized())
    }
}

extension Console {
    /// Writes what a renderer made.
    func show(_ pieces: [ChatRenderer.Piece]) {
        for piece in pieces {
            switch piece {
            case .text(let text): write(text)
            case .endLine: endLine()
            case .note(let line, let style): note(line, style)
            }
        }
    }
}
