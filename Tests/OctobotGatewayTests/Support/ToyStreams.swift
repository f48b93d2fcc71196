import OctobotAPI
import OctobotGateway
import OctobotModel
import OctobotServices
import Synchronization

/// Logs and approvals by hand, instead of services.
final class ToyStreams: GatewayStreams {
    private struct State {
        var active: TurnID?
        var approvals: [Approval] = []
        var starts: [EventStart] = []
    }

    let events = ToyLog("event.local")
    let chat = ToyLog("chat.s1")
    let shells = ToyShells()
    private let state = Mutex(State())

    /// Where readers of events were asked to start.
    var starts: [EventStart] { state.withLock { $0.starts } }

    func activate(_ turn: TurnID) { state.withLock { $0.active = turn } }

    func ask(_ approval: Approval) { state.withLock { $0.approvals.append(approval) } }

    func events(of project: ProjectID, from start: EventStart, _ call: Call) async throws(Fault) -> LogReader {
        state.withLock { $0.starts.append(start) }
        switch start {
        case .live: return events.reader(from: Int(events.head.split(separator: ":")[1]) ?? 0)
        case .since: return events.reader()
        case .after(let text): return events.reader(from: try Self.position(of: text, in: "event.local"))
        }
    }

    func chunks(
        of turn: TurnID,
        in session: SessionID,
        _ project: ProjectID,
        _ call: Call
    ) async throws(Fault) -> LogReader {
        chat.reader()
    }

    func chunks(
        after cursor: String,
        in session: SessionID,
        _ project: ProjectID,
        _ call: Call
    ) async throws(Fault) -> LogReader {
        guard session == "s1" else { throw .notFound("session", session) }
        return chat.reader(from: try Self.position(of: cursor, in: "chat.s1"))
    }

    func activeTurn(in session: SessionID, _ project: ProjectID, _ call: Call) async throws(Fault) -> TurnID? {
        guard session == "s1" else { throw .notFound("session", session) }
        return state.withLock { $0.active }
    }

    func question(
        _ id: ApprovalID?,
        in session: SessionID,
        _ project: ProjectID,
        _ call: Call
    ) async throws(Fault) -> Approval? {
        guard session == "s1" else { throw .notFound("session", session) }
        return state.withLock { state in
            state.approvals.first { id == nil ? $0.state == .pending : $0.id == id }
        }
    }

    func prepareTerminal(_ params: OpenTerminal.Params, _ call: Call) async throws(Fault) {
        try await shells.prepare(params)
    }

    func openTerminal(_ params: OpenTerminal.Params, _ call: Call) async throws(Fault) -> TerminalShell {
        try shells.open(params)
    }

    func serviceOutput(_ params: ServiceTarget, _ call: Call) async throws(Fault) -> LogReader {
        throw .notFound("service", params.serviceID)
    }

    private static func position(of text: String, in stream: String) throws(Fault) -> Int {
        let parts = text.split(separator: ":")
        guard parts.count == 2, parts[0] == stream, let position = Int(parts[1]) else {
            throw Fault(.cursorInvalid, "No cursor of this stream.")
        }
        return position
    }
}
