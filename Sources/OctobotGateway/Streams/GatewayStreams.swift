package import OctobotAPI
package import OctobotModel
package import OctobotServices

/// What the hand-written routes of the gateway need from the services besides operations.
///
/// Access has been checked before any of these is called. Foreign objects read like missing ones: `NotFound`.
package protocol GatewayStreams: Sendable {
    /// A reader of a project's events; entries carry the event's envelope in `data`.
    ///
    /// - Throws: `CursorInvalid` for an event id or cursor nobody knows, `CursorExpired` for one older than retention.
    func events(of project: ProjectID, from start: EventStart, _ call: Call) async throws(Fault) -> LogReader

    /// The chunks of one turn from its first, then live ones, ending with the turn; entries carry the chunk in `payload`.
    func chunks(
        of turn: TurnID,
        in session: SessionID,
        _ project: ProjectID,
        _ call: Call
    ) async throws(Fault) -> LogReader

    /// The same after `cursor`, for the turn the cursor lies in, ended or not.
    ///
    /// - Throws: `CursorInvalid` for a cursor that is not of this session's log.
    func chunks(
        after cursor: String,
        in session: SessionID,
        _ project: ProjectID,
        _ call: Call
    ) async throws(Fault) -> LogReader

    /// The turn the session works on, or the next that waits; `nil` when there is none.
    func activeTurn(in session: SessionID, _ project: ProjectID, _ call: Call) async throws(Fault) -> TurnID?

    /// The approval with this id, or without one the oldest that is pending; `nil` when the session has no such.
    func question(
        _ id: ApprovalID?,
        in session: SessionID,
        _ project: ProjectID,
        _ call: Call
    ) async throws(Fault) -> Approval?

    /// Makes the session's sandbox ready for a shell, and checks that the caller may have it (rest-api.md §17).
    func prepareTerminal(_ params: OpenTerminal.Params, _ call: Call) async throws(Fault)

    /// Opens a shell of its own for a WebSocket; it is closed soon when nobody reads its output.
    func openTerminal(_ params: OpenTerminal.Params, _ call: Call) async throws(Fault) -> TerminalShell

    /// What a service wrote and writes; entries carry the event in `data`.
    func serviceOutput(_ params: ServiceTarget, _ call: Call) async throws(Fault) -> LogReader
}

/// Where a reader of events starts.
package enum EventStart: Sendable, Equatable {
    /// With what happens from now on.
    case live
    /// After the event with this id or cursor.
    case after(String)
    /// With what happened at this moment or later.
    case since(Timestamp)
}
