import Foundation
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// One prompt and its turn, from sending to the end.
struct ChatTurn: Sendable {
    let connected: Connected
    let target: ChatOptions.Target
    let text: String
    let mode: SendChat.Mode?
    let model: String?
    let reasoning: Reasoning?
    let desk: ApprovalDesk

    private var console: Console { connected.console }

    /// Sends, shows, asks, and gives how the turn ended.
    ///
    /// - Throws: ``Failure`` when the person leaves before its end.
    func run() async throws -> TurnState {
        let interrupts = SignalStream([SIGINT])
        let sent = try await send()
        try await introduce(sent)
        let end = try await withThrowingTaskGroup(of: TurnState?.self) { group in
            group.addTask { try await read(sent) }
            group.addTask {
                try await desk.run()
                return nil
            }
            group.addTask {
                try await cancel(sent, on: interrupts)
                return nil
            }
            defer { group.cancelAll() }
            while let end = try await group.next() {
                if let end { return end }
            }
            throw CancellationError()
        }
        if end == .completed, connected.format == .table { suggest(sent.sessionID) }
        return end
    }

    /// Sends the prompt under an id of its own, so that sending it again is harmless.
    private func send() async throws -> SentPrompt {
        let message = OutgoingMessage(
            id: Identifier<Turn>.random().rawValue,
            parts: [["type": "text", "text": .string(text)]]
        )
        let params = SendChat.Params(
            projectID: connected.project,
            sessionID: target.session,
            message: message,
            mode: mode,
            model: model,
            reasoning: reasoning,
            create: target.creation
        )
        return try await connected.persistently { try await connected.client.call(SendChat.self, params) }
    }

    private func introduce(_ sent: SentPrompt) async throws {
        console.note("Session \(sent.sessionID)", .dim)
        if sent.position > 0 {
            console.note("Waiting behind \(sent.position) \(sent.position == 1 ? "turn" : "turns").", .dim)
        }
        guard target.creation != nil else { return }
        let session = try await session(sent.sessionID)
        if session.workspaceDirty == true { console.note(SessionCreate.dirtyNote, .yellow) }
    }

    private func session(_ id: SessionID) async throws -> Session {
        let params = GetSession.Params(projectID: connected.project, sessionID: id)
        return try await connected.persistently { try await connected.client.call(GetSession.self, params) }
    }

    private func suggest(_ session: SessionID) {
        console.note("octoctl diff --session \(session)    shows what it changed", .dim)
        console.note("octoctl commit --session \(session)  brings it back as a commit", .dim)
    }

    /// Ctrl-C: the first cancels the turn, the second leaves.
    private func cancel(_ sent: SentPrompt, on interrupts: SignalStream) async throws {
        var count = 0
        for await _ in interrupts.numbers {
            count += 1
            guard count == 1 else {
                throw Failure(
                    "Left before the turn's end.",
                    hint: "octoctl chat status \(sent.sessionID)",
                    status: .cancelled
                )
            }
            console.note("Cancelling the turn; Ctrl-C again leaves at once.", .yellow)
            let params = CancelChat.Params(
                projectID: connected.project,
                sessionID: sent.sessionID,
                turnID: sent.turnID
            )
            do {
                _ = try await connected.persistently { try await connected.client.call(CancelChat.self, params) }
            } catch let refusal as Refusal where refusal.fault.kind == .invalidState {
                // It ended by itself; the log says how.
            }
        }
    }
}
