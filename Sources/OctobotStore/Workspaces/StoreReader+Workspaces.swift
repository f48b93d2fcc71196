package import OctobotModel
import SQLDatabase

extension Workspace {
    static let columns = """
        id, project_id, path, display_name, source_type, provider, status, error_message, work_dir, head_commit, \
        created_at, updated_at
        """
    static let select = "SELECT \(columns) FROM workspace"

    init(_ row: SQLRow) throws {
        self.init(
            id: try row[0],
            projectID: try row[1],
            path: try row[2],
            displayName: try row[3],
            sourceType: try row[4],
            provider: try row[5],
            status: try row[6],
            errorMessage: try row[7],
            workDir: try row[8],
            commit: try row[9],
            createdAt: try row[10],
            updatedAt: try row[11]
        )
    }
}

extension StoreReader {
    /// A workspace of a project; in any project, hidden ones included, for `nil`.
    package func workspace(_ id: WorkspaceID, in project: ProjectID?) throws -> Workspace? {
        guard let project else {
            return try connection.fetchOne("\(Workspace.select) WHERE id = $1", id, as: Workspace.init)
        }
        return try connection.fetchOne(
            "\(Workspace.select) WHERE id = $1 AND project_id = $2 AND hidden_at IS NULL",
            id,
            project,
            as: Workspace.init
        )
    }

    /// A project's workspaces, oldest first.
    package func workspaces(in project: ProjectID, page: PageRequest) throws -> Listing<Workspace> {
        try list(
            ListQuery(
                name: "workspaces",
                select: Workspace.select,
                condition: "project_id = $1 AND hidden_at IS NULL",
                arguments: [project],
                read: Workspace.init,
                place: { ($0.createdAt.milliseconds, $0.id.rawValue) }
            ),
            page: page
        )
    }

    /// Every workspace in one of these states, hidden ones left out.
    package func workspaces(withStatus statuses: Set<WorkspaceStatus>) throws -> [Workspace] {
        try connection.fetch(
            """
            \(Workspace.select) WHERE status IN \(placeholders(statuses.count, from: 1)) AND hidden_at IS NULL
            ORDER BY created_at, id
            """,
            arguments: statuses.ordered,
            as: Workspace.init
        )
    }

    /// Where a workspace's mirror is.
    package func mirrorPath(of id: WorkspaceID) throws -> String? {
        try connection.fetchOne("SELECT mirror_path FROM workspace WHERE id = $1", id) { try $0[0] }
    }
}
