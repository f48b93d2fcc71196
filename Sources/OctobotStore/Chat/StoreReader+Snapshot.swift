package import OctobotModel
import SQLDatabase

/// How far a session's messages stand for its log.
package struct ChatSnapshot: Sendable, Equatable {
    /// The position in the log to read on after the messages.
    package var position: Int64
    /// The position in the conversation of the last message that the log up to there tells; 0 when there is none.
    package var lastMessage: Int64
}

/// A message as it is stored.
package struct StoredMessage: Sendable, Equatable {
    /// Its position in the conversation.
    package var position: Int64
    /// Its JSON text.
    package var text: [UInt8]
}

extension StoreReader {
    /// The messages that stand for the log up to the first turn that has not ended, and where the log goes on.
    ///
    /// Turns are worked on one after the other in the order of their prompts. So at the end of the last turn before the
    /// first that has not ended no turn is half told: the items up to there are those of whole turns, and prompts that
    /// waited meanwhile, which are messages themselves.
    package func chatSnapshot(session: SessionID) throws -> ChatSnapshot {
        let position = try snapshotEnd(of: session)
        let last: Int64? = try connection.fetchOne(
            """
            SELECT m.position FROM message m JOIN turn t ON t.id = m.turn_id
            WHERE m.session_id = $1 AND CASE
                WHEN m.role = 'user' AND m.id = t.message_id THEN t.prompt_position < $2
                ELSE t.ended_at IS NOT NULL AND (
                    SELECT MAX(c.position) FROM chat_log c
                    WHERE c.turn_id = t.id AND c.n IS NULL AND c.kind = 'turn') <= $2 END
            ORDER BY m.position DESC LIMIT 1
            """,
            session,
            position
        ) { try $0[0] }
        return ChatSnapshot(position: position, lastMessage: last ?? 0)
    }

    private func snapshotEnd(of session: SessionID) throws -> Int64 {
        guard let first = try nextTurn(in: session), let start = try turnStartPosition(first.id) else {
            return try chatHead(session: session)
        }
        // Where turns waited, those before it ended after its prompt.
        let end: Int64? = try connection.fetchOne(
            """
            SELECT COALESCE(MAX(c.position), 0) FROM turn t JOIN chat_log c ON c.turn_id = t.id
            WHERE t.session_id = $1 AND t.prompt_position < $2 AND c.n IS NULL AND c.kind = 'turn'
            """,
            session,
            start
        ) { try $0[0] }
        return max(start, end ?? 0)
    }

    /// A session's messages after one position of the conversation up to another, in order.
    ///
    /// - Parameter maxBytes: No message follows with which there would be more, the first excepted.
    package func messages(
        session: SessionID,
        after position: Int64,
        upTo last: Int64,
        maxBytes: Int
    ) throws -> [StoredMessage] {
        var messages: [StoredMessage] = []
        var bytes = 0
        try connection.forEachRow(
            """
            SELECT position, content FROM message
            WHERE session_id = $1 AND position > $2 AND position <= $3 ORDER BY position
            """,
            arguments: [session, position, last]
        ) { row in
            let text: String = try row[1]
            bytes += text.utf8.count + 1
            guard messages.isEmpty || bytes <= maxBytes else { return false }
            messages.append(StoredMessage(position: try row[0], text: Array(text.utf8)))
            return true
        }
        return messages
    }
}
