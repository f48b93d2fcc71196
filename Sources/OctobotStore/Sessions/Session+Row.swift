import OctobotModel
import SQLDatabase

extension Session {
    static let columns = """
        id, project_id, workspace_id, agent_id, name, display_name, status, error_message, commit_status, \
        commit_error, commit_outcome, base_commit, applied_commit, model, reasoning, permission_mode, provider, \
        isolation_notes, workspace_path, workspace_commit, workspace_dirty, created_at, updated_at, since, \
        cause
        """
    static let select = "SELECT \(columns) FROM session"

    init(_ row: SQLRow) throws {
        let notes: String = try row[17]
        self.init(
            id: try row[0],
            projectID: try row[1],
            workspaceID: try row[2],
            agentID: try row[3],
            name: try row[4],
            displayName: try row[5],
            status: try row[6],
            errorMessage: try row[7],
            commitStatus: try row[8],
            commitError: try row[9],
            commitOutcome: try row[10],
            baseCommit: try row[11],
            appliedCommit: try row[12],
            model: try row[13],
            reasoning: try row[14],
            permissionMode: try row[15],
            provider: try row[16],
            isolationNotes: notes == "[]" ? [] : try JSONColumn.value([String].self, row, 17),
            workspacePath: try row[18],
            workspaceCommit: try row[19],
            workspaceDirty: try row[20],
            createdAt: try row[21],
            updatedAt: try row[22],
            since: try row[23],
            cause: try JSONColumn.value(StateCause.self, row, 24)
        )
    }
}
