package import OctobotModel
import SQLDatabase

extension StoreTransaction {
    /// Stores a turn; the message's id makes it single in its session.
    package func insertTurn(_ turn: Turn, contentHash: String, promptPosition: Int64) throws {
        try connection.execute(
            """
            INSERT INTO turn (\(Turn.columns), content_hash, prompt_position)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            turn.id,
            turn.sessionID,
            turn.messageID,
            turn.state,
            turn.reason,
            turn.model,
            turn.reasoning,
            turn.createdAt,
            turn.startedAt,
            turn.endedAt,
            turn.since,
            try JSONColumn.text(turn.cause),
            contentHash,
            promptPosition
        )
    }

    /// Moves a turn to another state; nothing leads out of the states that end it (decision 35).
    ///
    /// - Returns: Whether the turn was in one of the states `from`.
    package func turnTransition(
        _ id: TurnID,
        from: Set<TurnState>,
        to state: TurnState,
        reason: String?,
        cause: StateCause = .unknown
    ) throws -> Bool {
        let from = from.filter { !$0.isTerminal }
        let now = Timestamp.now
        let changed = try connection.execute(
            """
            UPDATE turn SET state = $1, reason = $2, started_at = COALESCE(started_at, $3), ended_at = $4,
                since = $5, cause = $6
            WHERE id = $7 AND state IN \(placeholders(from.count, from: 8))
            """,
            arguments: [
                state, reason, state == .running ? now : nil, state.isTerminal ? now : nil, now,
                try JSONColumn.text(cause), id,
            ] + from.ordered
        )
        return changed > 0
    }

    /// Asks for a turn's end; its runner sees to it.
    package func requestCancel(_ id: TurnID) throws {
        try connection.execute("UPDATE turn SET is_cancel_requested = 1 WHERE id = $1", id)
    }

    /// Records the number of the last chunk stored; it never goes back.
    package func setLastChunk(_ id: TurnID, to n: Int) throws {
        try connection.execute("UPDATE turn SET last_chunk = $1 WHERE id = $2 AND last_chunk < $1", n, id)
    }
}
