package import OctobotModel
import SQLDatabase

extension StoreTransaction {
    package func insertProject(_ project: Project, owner: UserID) throws {
        try connection.execute(
            "INSERT INTO project (id, name, slug, created_at, updated_at) VALUES ($1, $2, $3, $4, $5)",
            project.id,
            project.name,
            project.slug,
            project.createdAt,
            project.updatedAt
        )
        try connection.execute(
            """
            INSERT INTO membership (project_id, user_id, role, invited_by, invited_at, accepted_at)
            VALUES ($1, $2, 'owner', $2, $3, $3)
            """,
            project.id,
            owner,
            project.createdAt
        )
    }

    package func renameProject(_ id: ProjectID, to name: String, at now: Timestamp) throws {
        try connection.execute("UPDATE project SET name = $1, updated_at = $2 WHERE id = $3", name, now, id)
    }

    /// Deletes a project that has no workspaces and sessions any more, and everything else of it.
    ///
    /// - Returns: `false`, with nothing deleted, while there are any, kept and hidden ones included.
    package func deleteProject(_ id: ProjectID) throws -> Bool {
        let isInUse = try connection.fetchOne(
            """
            SELECT 1 WHERE EXISTS (SELECT 1 FROM session WHERE project_id = $1)
            OR EXISTS (SELECT 1 FROM workspace WHERE project_id = $1)
            """,
            id
        ) { _ in true }
        guard isInUse == nil else { return false }
        for table in ["approval", "agent", "credential", "job"] {
            try connection.execute("DELETE FROM \(table) WHERE project_id = $1", id)
        }
        // Members, invitations and events go with it.
        try connection.execute("DELETE FROM project WHERE id = $1", id)
        return true
    }
}

extension StoreReader {
    /// How many sessions a project has: those in sight, and those kept.
    package func sessionCounts(in project: ProjectID) throws -> (live: Int, kept: Int) {
        let counts = try connection.fetchOne(
            "SELECT COUNT(*), COUNT(kept_at) FROM session WHERE project_id = $1",
            project
        ) { row -> (Int64, Int64) in (try row[0], try row[1]) }
        let (all, kept) = counts ?? (0, 0)
        return (Int(all - kept), Int(kept))
    }
}
