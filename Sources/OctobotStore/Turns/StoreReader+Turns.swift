package import OctobotModel
import SQLDatabase

/// A turn with what the store keeps beside it.
package struct StoredTurn: Sendable, Equatable {
    package var turn: Turn
    /// The digest of the prompt's content.
    package var contentHash: String
    /// The log position right before the prompt.
    package var promptPosition: Int64
}

extension Turn {
    static let columns = """
        id, session_id, message_id, state, reason, model, reasoning, created_at, started_at, ended_at, since, cause
        """
    static let select = "SELECT \(columns) FROM turn"
    /// Turns that have not ended.
    static let isActive = "state IN ('queued', 'delivering', 'running')"

    init(_ row: SQLRow) throws {
        self.init(
            id: try row[0],
            sessionID: try row[1],
            messageID: try row[2],
            state: try row[3],
            reason: try row[4],
            model: try row[5],
            reasoning: try row[6],
            createdAt: try row[7],
            startedAt: try row[8],
            endedAt: try row[9],
            since: try row[10],
            cause: try JSONColumn.value(StateCause.self, row, 11)
        )
    }
}

extension StoreReader {
    package func turn(_ id: TurnID) throws -> Turn? {
        try connection.fetchOne("\(Turn.select) WHERE id = $1", id, as: Turn.init)
    }

    /// The turn a user's message began.
    package func turn(message: String, in session: SessionID) throws -> StoredTurn? {
        try connection.fetchOne(
            "SELECT \(Turn.columns), content_hash, prompt_position FROM turn WHERE session_id = $1 AND message_id = $2",
            session,
            message
        ) { StoredTurn(turn: try Turn($0), contentHash: try $0[12], promptPosition: try $0[13]) }
    }

    /// A session's turns that have not ended, in the order they were asked for.
    package func activeTurns(in session: SessionID) throws -> [Turn] {
        try connection.fetch(
            "\(Turn.select) WHERE session_id = $1 AND \(Turn.isActive) ORDER BY prompt_position",
            session,
            as: Turn.init
        )
    }

    /// The turn a session's runner has to see to.
    package func nextTurn(in session: SessionID) throws -> Turn? {
        try connection.fetchOne(
            "\(Turn.select) WHERE session_id = $1 AND \(Turn.isActive) ORDER BY prompt_position LIMIT 1",
            session,
            as: Turn.init
        )
    }

    /// The sessions that have turns to see to.
    package func sessionsWithActiveTurns() throws -> [SessionID] {
        try connection.fetch("SELECT DISTINCT session_id FROM turn WHERE \(Turn.isActive) ORDER BY session_id") {
            try $0[0]
        }
    }

    /// The log position right before a turn's prompt; its chunks come after it.
    package func turnStartPosition(_ id: TurnID) throws -> Int64? {
        try connection.fetchOne("SELECT prompt_position FROM turn WHERE id = $1", id) { try $0[0] }
    }

    /// The number of the last chunk stored of a turn; 0 before the first.
    package func lastChunk(of id: TurnID) throws -> Int {
        try connection.fetchOne("SELECT last_chunk FROM turn WHERE id = $1", id) { try $0[0] } ?? 0
    }

    /// Whether somebody wants the turn to end.
    package func isCancelRequested(_ id: TurnID) throws -> Bool {
        try connection.fetchOne("SELECT is_cancel_requested FROM turn WHERE id = $1", id) { try $0[0] } ?? false
    }
}
