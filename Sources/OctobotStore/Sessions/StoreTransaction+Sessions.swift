package import OctobotModel
import SQLDatabase

extension StoreTransaction {
    package func insertSession(_ session: Session, secretNonce: String) throws {
        try connection.execute(
            """
            INSERT INTO session (\(Session.columns), secret_nonce, last_activity_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24, $25, $26, $27)
            """,
            session.id,
            session.projectID,
            session.workspaceID,
            session.agentID,
            session.name,
            session.displayName,
            session.status,
            session.errorMessage,
            session.commitStatus,
            session.commitError,
            session.commitOutcome,
            session.baseCommit,
            session.appliedCommit,
            session.model,
            session.reasoning,
            session.permissionMode,
            session.provider,
            try JSONColumn.text(session.isolationNotes),
            session.workspacePath,
            session.workspaceCommit,
            session.workspaceDirty,
            session.createdAt,
            session.updatedAt,
            session.since,
            try JSONColumn.text(session.cause),
            secretNonce,
            session.createdAt
        )
    }

    /// Moves a session to another state; the only way its state changes (behaviour.md §2).
    ///
    /// `removing` is absorbing: nothing leads out of it. The error message becomes `error`, `nil` clears it. The time it
    /// is in the state since is kept where it is in it already.
    /// - Returns: Whether the session was in one of the states `from`.
    package func transition(
        session id: SessionID,
        from: Set<SessionStatus>,
        to status: SessionStatus,
        error: String?,
        cause: StateCause = .unknown
    ) throws -> Bool {
        let from = from.subtracting([.removing, .removed])
        let changed = try connection.execute(
            """
            UPDATE session SET status = $1, error_message = $2, updated_at = $3, cause = $4,
                since = CASE WHEN status = $1 THEN since ELSE $3 END
            WHERE id = $5 AND kept_at IS NULL AND status IN \(placeholders(from.count, from: 6))
            """,
            arguments: [status, error, Timestamp.now, try JSONColumn.text(cause), id] + from.ordered
        )
        return changed > 0
    }

    package func setSessionName(_ id: SessionID, to name: String) throws {
        try set("name", of: id, to: name)
    }

    package func setSessionDisplayName(_ id: SessionID, to name: String?) throws {
        try set("display_name", of: id, to: name)
    }

    package func setSessionModel(_ id: SessionID, to model: String) throws {
        try set("model", of: id, to: model)
    }

    package func setSessionReasoning(_ id: SessionID, to reasoning: Reasoning) throws {
        try set("reasoning", of: id, to: reasoning)
    }

    package func setSessionAgent(_ id: SessionID, to agent: AgentID) throws {
        try set("agent_id", of: id, to: agent)
    }

    /// Records what the sandbox enforces or does not.
    package func setSessionIsolation(_ id: SessionID, notes: [String]) throws {
        try set("isolation_notes", of: id, to: try JSONColumn.text(notes))
    }

    /// Fixes what the session's clone starts from.
    package func pinSession(_ id: SessionID, path: String, commit: String) throws {
        try connection.execute(
            "UPDATE session SET workspace_path = $1, workspace_commit = $2, updated_at = $3 WHERE id = $4",
            path,
            commit,
            Timestamp.now,
            id
        )
    }

    /// Records that a person used the session.
    package func touchActivity(_ id: SessionID, at moment: Timestamp) throws {
        try connection.execute(
            "UPDATE session SET last_activity_at = $1, updated_at = $1 WHERE id = $2",
            moment,
            id
        )
    }

    /// Notes use that changes nothing of the session itself, unless later use is noted already.
    package func noteActivity(_ id: SessionID, at moment: Timestamp) throws {
        try connection.execute(
            "UPDATE session SET last_activity_at = $1 WHERE id = $2 AND last_activity_at < $1",
            moment,
            id
        )
    }

    /// Deletes a session with its turns, messages, approvals and log.
    package func deleteSession(_ id: SessionID) throws {
        try connection.execute("DELETE FROM session WHERE id = $1", id)
    }

    private func set(_ column: StaticString, of id: SessionID, to value: any SQLConvertible) throws {
        try connection.execute(
            "UPDATE session SET \(column) = $1, updated_at = $2 WHERE id = $3",
            value,
            Timestamp.now,
            id
        )
    }
}
