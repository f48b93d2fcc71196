package import OctobotModel
import SQLDatabase

/// Where bringing a session's commits back is.
package struct CommitState: Sendable, Equatable {
    package var status: CommitStatus
    package var outcome: CommitOutcome?
    package var error: String?
    /// The target's HEAD the commit is made on; `nil` leaves what is recorded.
    package var base: String?
    /// The target's new HEAD; `nil` leaves what is recorded.
    package var applied: String?

    package init(
        status: CommitStatus,
        outcome: CommitOutcome? = nil,
        error: String? = nil,
        base: String? = nil,
        applied: String? = nil
    ) {
        self.status = status
        self.outcome = outcome
        self.error = error
        self.base = base
        self.applied = applied
    }
}

/// A session of which it is stored what its commit was about to do.
package struct CommitIntentOwner: Sendable, Equatable {
    package var sessionID: SessionID
    package var projectID: ProjectID
    package var workspaceID: WorkspaceID

    fileprivate init(_ row: SQLRow) throws {
        sessionID = try row[0]
        projectID = try row[1]
        workspaceID = try row[2]
    }
}

extension StoreReader {
    /// What a commit was about to do to the target, as JSON; `nil` while none is under way (decision 17).
    package func commitIntent(session id: SessionID) throws -> [UInt8]? {
        try connection.fetchOne("SELECT content FROM commit_intent WHERE session_id = $1", id) { row in
            let text: String = try row[0]
            return Array(text.utf8)
        }
    }

    /// The sessions, kept ones included, of which an intent is stored, the oldest intent first; of one workspace when
    /// asked for.
    package func commitIntents(in workspace: WorkspaceID? = nil) throws -> [CommitIntentOwner] {
        let select = """
            SELECT s.id, s.project_id, s.workspace_id FROM commit_intent i JOIN session s ON s.id = i.session_id
            """
        let order = "ORDER BY i.created_at, s.id"
        guard let workspace else { return try connection.fetch("\(select) \(order)", as: CommitIntentOwner.init) }
        return try connection.fetch(
            "\(select) WHERE s.workspace_id = $1 \(order)",
            workspace,
            as: CommitIntentOwner.init
        )
    }
}

extension StoreTransaction {
    /// Moves a session's commit to another state.
    ///
    /// A new commit (`pending`) forgets what the last one recorded; `nil` clears the state, not the applied commit.
    /// - Parameter from: The states it may be in now; any, and none, for `nil`.
    /// - Returns: Whether it was in one of them.
    package func setCommitState(_ id: SessionID, from: Set<CommitStatus>?, to state: CommitState?) throws -> Bool {
        let isNew = state?.status == .pending
        let base = isNew ? "$4" : "COALESCE($4, base_commit)"
        let applied = isNew ? "$5" : "COALESCE($5, applied_commit)"
        let guarded = from.map { " AND commit_status IN \(placeholders($0.count, from: 8))" } ?? ""
        let changed = try connection.execute(
            """
            UPDATE session SET commit_status = $1, commit_outcome = $2, commit_error = $3, base_commit = \(base),
                applied_commit = \(applied), updated_at = $6
            WHERE id = $7\(guarded)
            """,
            arguments: [
                state?.status, state?.outcome, state?.error, state?.base, state?.applied, Timestamp.now, id,
            ] + (from?.ordered ?? [])
        )
        return changed > 0
    }

    /// Records what a commit is about to do, before it does it.
    package func saveCommitIntent(session id: SessionID, json: [UInt8]) throws {
        try connection.execute(
            """
            INSERT INTO commit_intent (session_id, content, created_at) VALUES ($1, $2, $3)
            ON CONFLICT (session_id) DO UPDATE SET content = excluded.content, created_at = excluded.created_at
            """,
            id,
            String(decoding: json, as: UTF8.self),
            Timestamp.now
        )
    }

    package func clearCommitIntent(session id: SessionID) throws {
        try connection.execute("DELETE FROM commit_intent WHERE session_id = $1", id)
    }
}
