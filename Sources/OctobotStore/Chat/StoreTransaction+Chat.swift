package import JSONText
package import OctobotModel
import SQLDatabase

extension StoreTransaction {
    /// Appends an item to a session's log.
    ///
    /// - Parameters:
    ///   - n: A chunk's number in its turn; a chunk that is there already is left alone.
    ///   - data: The item's JSON text.
    ///   - payload: A chunk's own JSON text, which stands in `data` right before its last byte; stored once.
    /// - Returns: The item's position, `nil` when the chunk was there.
    package func appendChat(
        session: SessionID,
        kind: String,
        turn: TurnID,
        n: Int?,
        data: [UInt8],
        payload: [UInt8]?,
        at moment: Timestamp
    ) throws -> Int64? {
        if let payload, !data.dropLast().suffix(payload.count).elementsEqual(payload) {
            throw SQLDatabaseError(.other, "A chunk's payload must end its item.")
        }
        return try connection.fetchOne(
            """
            INSERT INTO chat_log (session_id, position, kind, turn_id, n, content, payload_size, created_at)
            VALUES ($1, (SELECT COALESCE(MAX(position), 0) + 1 FROM chat_log WHERE session_id = $1),
                $2, $3, $4, $5, $6, $7)
            ON CONFLICT (turn_id, n) DO NOTHING RETURNING position
            """,
            session,
            kind,
            turn,
            n,
            data,
            payload?.count,
            moment
        ) { try $0[0] }
    }

    /// Appends a message to a session's conversation.
    package func insertMessage(
        _ message: JSONValue,
        id: String,
        session: SessionID,
        turn: TurnID,
        role: String
    ) throws {
        try connection.execute(
            """
            INSERT INTO message (session_id, position, id, turn_id, role, content, created_at)
            VALUES ($1, (SELECT COALESCE(MAX(position), 0) + 1 FROM message WHERE session_id = $1),
                $2, $3, $4, $5, $6)
            """,
            session,
            id,
            turn,
            role,
            JSONColumn.text(message),
            Timestamp.now
        )
    }
}
