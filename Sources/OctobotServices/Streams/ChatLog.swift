import JSONText
package import OctobotAPI
package import OctobotModel
import OctobotStore

/// The chat logs of sessions as streams (decision 37).
package struct ChatLog: Sendable {
    private let ledger: Ledger

    package init(ledger: Ledger) { self.ledger = ledger }

    /// `chat.subscribe`.
    package func subscribe(_ params: SubscribeChat.Params, _ call: Call) async throws(Fault) -> LogReader {
        let session = params.sessionID
        let project = params.projectID ?? .local
        let listener = ledger.bells.listen(to: .chat(session))
        let head = try await head(of: session, in: project)
        let position: Int64
        switch params.from ?? .now {
        case .now: position = head
        case .start: position = 0
        case .snapshot: return try await snapshot(of: session, head: head, listener)
        case .cursor(let text): position = try Cursor(chat: session, position: head).position(in: text, head: head)
        }
        return reader(of: session, from: position, head: head, listener)
    }

    /// The chunks of one turn from its start, ending with the turn.
    package func reader(of turn: Turn, in project: ProjectID) async throws(Fault) -> LogReader {
        let start = try await ledger.read { try $0.turnStartPosition(turn.id) } ?? 0
        return try await reader(of: turn, in: project, after: start)
    }

    /// The same for the turn with this id, which must be the session's.
    package func reader(
        of id: TurnID,
        in session: SessionID,
        _ project: ProjectID
    ) async throws(Fault) -> LogReader {
        guard let turn = try await ledger.read({ try $0.turn(id) }), turn.sessionID == session else {
            throw .notFound("turn", id)
        }
        return try await reader(of: turn, in: project)
    }

    /// The chunks after `cursor` of the turn the cursor lies in, ending with that turn (decision 42).
    package func reader(
        of session: SessionID,
        in project: ProjectID,
        after cursor: String
    ) async throws(Fault) -> LogReader {
        let head = try await head(of: session, in: project)
        let position = try Cursor(chat: session, position: head).position(in: cursor, head: head)
        let turn = try await ledger.read { reader in
            try reader.turnOfChat(session: session, at: position).flatMap { try reader.turn($0) }
        }
        guard let turn else {
            throw Fault(.cursorInvalid, "No turn at '\(cursor.prefix(200))'.")
        }
        return try await self.reader(of: turn, in: project, after: position)
    }

    private func reader(
        of turn: Turn,
        in project: ProjectID,
        after position: Int64
    ) async throws(Fault) -> LogReader {
        let listener = ledger.bells.listen(to: .chat(turn.sessionID))
        let head = try await head(of: turn.sessionID, in: project)
        return reader(of: turn.sessionID, from: position, head: head, listener, endingWith: turn.id)
    }

    /// The messages of the turns that have ended, then the log after them.
    private func snapshot(
        of session: SessionID,
        head: Int64,
        _ listener: Bells.Listener
    ) async throws(Fault) -> LogReader {
        let ledger = ledger
        let extent = try await ledger.read { try $0.chatSnapshot(session: session) }
        let end = Cursor(chat: session, position: extent.position).description
        let start = Cursor(chat: session, position: 0).description
        let snapshot = SnapshotReader(
            upTo: extent.lastMessage,
            cursors: (during: start, after: end),
            log: reader(of: session, from: extent.position, head: max(head, extent.position), listener),
            read: { position throws(Fault) in
                try await ledger.read { reader in
                    try reader.messages(
                        session: session,
                        after: position,
                        upTo: extent.lastMessage,
                        maxBytes: SnapshotReader.pageSize
                    )
                }
            }
        )
        return LogReader(
            cursor: start,
            head: Cursor(chat: session, position: max(head, extent.position)).description,
            pull: { try await snapshot.next() }
        )
    }

    private func head(of session: SessionID, in project: ProjectID) async throws(Fault) -> Int64 {
        let head = try await ledger.read { reader in
            try reader.session(session, in: project) == nil ? nil : try reader.chatHead(session: session)
        }
        guard let head else { throw .notFound("session", session) }
        return head
    }

    /// A reader of a whole session's log, or of one turn's chunks when `endingWith` names it.
    private func reader(
        of session: SessionID,
        from position: Int64,
        head: Int64,
        _ listener: Bells.Listener,
        endingWith turn: TurnID? = nil
    ) -> LogReader {
        let ledger = ledger
        let pages = PageReader(
            from: position,
            head: head,
            listener: listener,
            cursor: { Cursor(chat: session, position: $0).description },
            read: { position throws(Fault) in
                let (rows, ended, exists) = try await ledger.read { reader in
                    let rows = try reader.chatPage(session: session, after: position, limit: 500, maxBytes: 1 << 20)
                    let ended = try turn.map { try reader.turn($0)?.state.isTerminal ?? true } ?? false
                    return (rows, ended, try rows.isEmpty ? reader.session(session, in: nil) != nil : true)
                }
                guard exists else { return PageReader.Page(entries: [], position: position, end: "removed") }
                let shown = turn.map { turn in rows.filter { $0.turnID == turn && $0.payload != nil } } ?? rows
                return PageReader.Page(
                    entries: shown.map { row in
                        LogEntry(
                            cursor: Cursor(chat: session, position: row.position).description,
                            at: row.at,
                            type: row.kind,
                            turnID: row.turnID,
                            n: row.n,
                            payload: row.payload ?? [],
                            data: row.data
                        )
                    },
                    position: rows.last?.position ?? position,
                    end: ended && rows.isEmpty ? "turnEnded" : nil
                )
            }
        )
        return LogReader(
            cursor: Cursor(chat: session, position: position).description,
            head: Cursor(chat: session, position: head).description,
            pull: { try await pages.next() }
        )
    }
}
