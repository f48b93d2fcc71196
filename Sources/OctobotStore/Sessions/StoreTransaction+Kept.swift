package import OctobotModel
import SQLDatabase

extension KeptSession {
    fileprivate static let select = "SELECT id, workspace_id, name, kept_at, kept_until FROM session"

    fileprivate init(_ row: SQLRow) throws {
        self.init(
            sessionID: try row[0],
            workspaceID: try row[1],
            name: try row[2],
            keptAt: try row[3],
            expiresAt: try row[4]
        )
    }
}

extension StoreReader {
    /// A project's deleted sessions whose work is kept, the latest first.
    package func keptSessions(in project: ProjectID) throws -> [KeptSession] {
        try connection.fetch(
            "\(KeptSession.select) WHERE project_id = $1 AND kept_until IS NOT NULL ORDER BY kept_at DESC, id",
            project,
            as: KeptSession.init
        )
    }

    /// Those kept long enough.
    package func expiredKept(now: Timestamp) throws -> [KeptSession] {
        try connection.fetch(
            "\(KeptSession.select) WHERE kept_until <= $1 ORDER BY kept_until, id",
            now,
            as: KeptSession.init
        )
    }

    /// The provider that holds a kept session's data.
    package func keptProvider(_ id: SessionID) throws -> String? {
        try connection.fetchOne("SELECT provider FROM session WHERE id = $1 AND kept_at IS NOT NULL", id) { try $0[0] }
    }

    /// The workspace of a kept session, hidden or not.
    package func keptWorkspace(_ id: SessionID) throws -> Workspace? {
        let workspace: WorkspaceID? = try connection.fetchOne(
            "SELECT workspace_id FROM session WHERE id = $1 AND kept_at IS NOT NULL",
            id
        ) { try $0[0] }
        return try workspace.flatMap { try self.workspace($0, in: nil) }
    }
}

extension StoreTransaction {
    /// Takes a session out of sight and keeps it; turns and approvals that were open end.
    package func keepSession(_ id: SessionID, until expiry: Timestamp) throws {
        let now = Timestamp.now
        try connection.execute(
            """
            UPDATE turn SET state = 'cancelled', reason = 'removed', ended_at = $1, since = $1, cause = $2
            WHERE session_id = $3 AND state IN ('queued', 'delivering', 'running')
            """,
            now,
            try JSONColumn.text(StateCause(.request, "The session was deleted.")),
            id
        )
        try connection.execute(
            "UPDATE approval SET state = 'expired' WHERE session_id = $1 AND state = 'pending'",
            id
        )
        try connection.execute(
            """
            UPDATE session SET status = 'removed', error_message = NULL, kept_at = $1, kept_until = $2, updated_at = $1
            WHERE id = $3 AND kept_at IS NULL
            """,
            now,
            expiry,
            id
        )
    }

    /// Brings a kept session back as it was, `stopped`, and its workspace into sight.
    package func restoreKept(_ id: SessionID) throws -> Session? {
        let now = Timestamp.now
        let restored = try connection.execute(
            """
            UPDATE session SET status = 'stopped', kept_at = NULL, kept_until = NULL, updated_at = $1, since = $1,
                cause = $2
            WHERE id = $3 AND kept_at IS NOT NULL
            """,
            now,
            try JSONColumn.text(StateCause(.request, "Its deletion was taken back.")),
            id
        )
        guard restored > 0, let session = try session(id, in: nil) else { return nil }
        try connection.execute(
            "UPDATE workspace SET hidden_at = NULL, updated_at = $1 WHERE id = $2 AND hidden_at IS NOT NULL",
            now,
            session.workspaceID
        )
        return session
    }
}
