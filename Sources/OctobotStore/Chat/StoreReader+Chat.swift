package import JSONText
package import OctobotModel
import SQLDatabase

/// One item of a session's log (decision 37).
package struct ChatRow: Sendable, Equatable {
    package var position: Int64
    package var at: Timestamp
    /// `prompt`, `turn`, `chunk` or `approval`.
    package var kind: String
    package var turnID: TurnID
    /// Chunks only: the number in the turn.
    package var n: Int?
    /// Chunks only: the chunk's JSON text.
    package var payload: [UInt8]?
    /// The item's JSON text.
    package var data: [UInt8]
}

extension ChatRow {
    fileprivate init(_ row: SQLRow) throws {
        let data: [UInt8] = try row[5]
        let size: Int? = try row[6]
        self.init(
            position: try row[0],
            at: try row[1],
            kind: try row[2],
            turnID: try row[3],
            n: try row[4],
            payload: size.map { Array(data.dropLast().suffix($0)) },
            data: data
        )
    }
}

extension StoreReader {
    /// The position of a session's newest item; 0 before the first.
    package func chatHead(session: SessionID) throws -> Int64 {
        try connection.fetchOne("SELECT COALESCE(MAX(position), 0) FROM chat_log WHERE session_id = $1", session) {
            try $0[0]
        } ?? 0
    }

    /// The items after a position, in order.
    ///
    /// - Parameter maxBytes: Ends the page with the item that reaches it.
    package func chatPage(session: SessionID, after position: Int64, limit: Int, maxBytes: Int) throws -> [ChatRow] {
        var rows: [ChatRow] = []
        var bytes = 0
        try connection.forEachRow(
            """
            SELECT position, created_at, kind, turn_id, n, content, payload_size FROM chat_log
            WHERE session_id = $1 AND position > $2 ORDER BY position LIMIT $3
            """,
            arguments: [session, position, limit]
        ) { row in
            let item = try ChatRow(row)
            rows.append(item)
            bytes += item.data.count
            return bytes < maxBytes
        }
        return rows
    }

    /// The turn a position lies in; that of the first item for position 0.
    package func turnOfChat(session: SessionID, at position: Int64) throws -> TurnID? {
        try connection.fetchOne(
            "SELECT turn_id FROM chat_log WHERE session_id = $1 AND position >= $2 ORDER BY position LIMIT 1",
            session,
            max(position, 1)
        ) { try $0[0] }
    }

    /// A turn's chunks in order, each as JSON text.
    package func turnChunks(_ turn: TurnID) throws -> [[UInt8]] {
        try connection.fetch(
            "SELECT content, payload_size FROM chat_log WHERE turn_id = $1 AND n IS NOT NULL ORDER BY n",
            turn
        ) { row in
            let data: [UInt8] = try row[0]
            let size: Int = try row[1]
            return Array(data.dropLast().suffix(size))
        }
    }

    /// A message of a session: the first with this id.
    package func message(_ id: String, session: SessionID) throws -> JSONValue? {
        try connection.fetchOne(
            "SELECT content FROM message WHERE session_id = $1 AND id = $2 ORDER BY position LIMIT 1",
            session,
            id
        ) { try JSONColumn.tree($0, 0) }
    }

    /// A session's messages in the order of the conversation.
    package func messages(session: SessionID, page: PageRequest) throws -> Listing<JSONValue> {
        let numbered = try list(
            ListQuery(
                name: "messages",
                select: "SELECT position, id, content FROM message",
                condition: "session_id = $1",
                arguments: [session],
                order: (number: "position", id: "id"),
                read: { (position: try $0[0] as Int64, id: try $0[1] as String, message: try JSONColumn.tree($0, 2)) },
                place: { ($0.position, $0.id) }
            ),
            page: page
        )
        return Listing(items: numbered.items.map(\.message), nextCursor: numbered.nextCursor)
    }
}
