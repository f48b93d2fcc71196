package import OctobotAPI
package import OctobotModel
package import OctobotServices

/// The streams and questions of the gateway, as the services give them.
package struct ServiceStreams: GatewayStreams {
    private let events: EventService
    private let chat: ChatService
    private let chatLog: ChatLog
    private let approvals: ApprovalService
    private let terminals: TerminalService
    private let scripts: ScriptService

    package init(_ services: Services) {
        events = services.events
        chat = services.chat
        chatLog = services.chatLog
        approvals = services.approvals
        terminals = services.terminals
        scripts = services.scripts
    }

    package func events(of project: ProjectID, from start: EventStart, _ call: Call) async throws(Fault) -> LogReader {
        switch start {
        case .live: try await events.reader(ofLive: project)
        case .after(let text): try await events.reader(of: project, after: text)
        case .since(let moment): try await events.reader(of: project, since: moment)
        }
    }

    package func chunks(
        of turn: TurnID,
        in session: SessionID,
        _ project: ProjectID,
        _ call: Call
    ) async throws(Fault) -> LogReader {
        try await chatLog.reader(of: turn, in: session, project)
    }

    package func chunks(
        after cursor: String,
        in session: SessionID,
        _ project: ProjectID,
        _ call: Call
    ) async throws(Fault) -> LogReader {
        try await chatLog.reader(of: session, in: project, after: cursor)
    }

    package func activeTurn(
        in session: SessionID,
        _ project: ProjectID,
        _ call: Call
    ) async throws(Fault) -> TurnID? {
        let status = try await chat.status(ChatStatus.Params(projectID: project, sessionID: session), call)
        return (status.running ?? status.queued.first)?.id
    }

    package func question(
        _ id: ApprovalID?,
        in session: SessionID,
        _ project: ProjectID,
        _ call: Call
    ) async throws(Fault) -> Approval? {
        try await approvals.question(id, session: session, in: project)
    }

    package func prepareTerminal(_ params: OpenTerminal.Params, _ call: Call) async throws(Fault) {
        try await terminals.prepare(params, call)
    }

    package func openTerminal(_ params: OpenTerminal.Params, _ call: Call) async throws(Fault) -> TerminalShell {
        let terminal = try await terminals.held(params, idleSeconds: 30, call)
        return TerminalShell(
            output: terminal.reader(from: 0, head: 0, pieceSize: TerminalShell.pieceSize),
            write: terminal.write,
            resize: { rows, cols in try await terminal.resize(rows: rows, cols: cols) },
            close: terminal.close
        )
    }

    package func serviceOutput(_ params: ServiceTarget, _ call: Call) async throws(Fault) -> LogReader {
        try await scripts.subscribe(params, call)
    }
}
