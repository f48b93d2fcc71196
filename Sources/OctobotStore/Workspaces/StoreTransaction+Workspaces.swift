package import OctobotModel
import SQLDatabase

extension StoreTransaction {
    package func insertWorkspace(_ workspace: Workspace, mirrorPath: String) throws {
        try connection.execute(
            """
            INSERT INTO workspace (\(Workspace.columns), mirror_path)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """,
            workspace.id,
            workspace.projectID,
            workspace.path,
            workspace.displayName,
            workspace.sourceType,
            workspace.provider,
            workspace.status,
            workspace.errorMessage,
            workspace.workDir,
            workspace.commit,
            workspace.createdAt,
            workspace.updatedAt,
            mirrorPath
        )
    }

    /// Moves a workspace to another state.
    ///
    /// - Parameter from: The states it may be in now; any for `nil`.
    /// - Returns: Whether it was in one of them.
    package func setWorkspaceStatus(
        _ id: WorkspaceID,
        from: Set<WorkspaceStatus>?,
        to status: WorkspaceStatus,
        error: String?
    ) throws -> Bool {
        let from = from ?? Set(WorkspaceStatus.allCases)
        let changed = try connection.execute(
            """
            UPDATE workspace SET status = $1, error_message = $2, updated_at = $3
            WHERE id = $4 AND status IN \(placeholders(from.count, from: 5))
            """,
            arguments: [status, error, Timestamp.now, id] + from.ordered
        )
        return changed > 0
    }

    /// Its repository is available: clears an earlier error.
    package func setWorkspaceReady(_ id: WorkspaceID, workDir: String?, commit: String?) throws {
        try connection.execute(
            """
            UPDATE workspace SET status = 'ready', error_message = NULL, work_dir = COALESCE($1, work_dir),
                head_commit = COALESCE($2, head_commit), updated_at = $3
            WHERE id = $4
            """,
            workDir,
            commit,
            Timestamp.now,
            id
        )
    }

    /// Records HEAD of the working copy.
    package func setWorkspaceCommit(_ id: WorkspaceID, to commit: String) throws {
        try connection.execute(
            "UPDATE workspace SET head_commit = $1, updated_at = $2 WHERE id = $3",
            commit,
            Timestamp.now,
            id
        )
    }

    /// Puts another repository in its place, not available yet.
    package func setWorkspaceSource(_ id: WorkspaceID, path: String, type: SourceType, workDir: String?) throws {
        try connection.execute(
            """
            UPDATE workspace SET path = $1, source_type = $2, work_dir = $3, head_commit = NULL,
                status = 'initializing', error_message = NULL, updated_at = $4
            WHERE id = $5
            """,
            path,
            type,
            workDir,
            Timestamp.now,
            id
        )
    }

    package func setWorkspaceDisplayName(_ id: WorkspaceID, to name: String?) throws {
        try connection.execute(
            "UPDATE workspace SET display_name = $1, updated_at = $2 WHERE id = $3",
            name,
            Timestamp.now,
            id
        )
    }

    /// Deletes a workspace, or hides it while sessions are kept that may be restored into it.
    ///
    /// - Returns: Whether it is gone for good.
    /// - Throws: ``StoreError/stillInUse(noun:id:by:)`` while it has sessions.
    package func deleteWorkspace(_ id: WorkspaceID) throws -> Bool {
        let (live, kept) = try sessionCounts(of: id)
        guard live == 0 else { throw StoreError.stillInUse(noun: "workspace", id: id.rawValue, by: "sessions") }
        guard kept == 0 else {
            try connection.execute(
                "UPDATE workspace SET hidden_at = $1, updated_at = $1 WHERE id = $2 AND hidden_at IS NULL",
                Timestamp.now,
                id
            )
            return false
        }
        return try connection.execute("DELETE FROM workspace WHERE id = $1", id) > 0
    }

    /// Deletes a hidden workspace once nothing is kept of it.
    ///
    /// - Returns: Whether this call deleted it.
    package func removeHiddenWorkspace(_ id: WorkspaceID) throws -> Bool {
        guard try sessionCounts(of: id) == (0, 0) else { return false }
        return try connection.execute("DELETE FROM workspace WHERE id = $1 AND hidden_at IS NOT NULL", id) > 0
    }

    private func sessionCounts(of id: WorkspaceID) throws -> (live: Int, kept: Int) {
        try connection.fetchOne(
            "SELECT COUNT(*) - COUNT(kept_at), COUNT(kept_at) FROM session WHERE workspace_id = $1",
            id
        ) { (try $0[0], try $0[1]) } ?? (0, 0)
    }
}
