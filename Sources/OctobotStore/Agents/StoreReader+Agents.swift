package import OctobotModel
import SQLDatabase

extension Agent {
    static let columns = "id, project_id, agent_type, command, is_default, created_at, updated_at"
    static let select = "SELECT \(columns) FROM agent"

    init(_ row: SQLRow) throws {
        self.init(
            id: try row[0],
            projectID: try row[1],
            agentType: try row[2],
            command: row.isNull(3) ? nil : try JSONColumn.value([String].self, row, 3),
            isDefault: try row[4],
            createdAt: try row[5],
            updatedAt: try row[6]
        )
    }
}

extension StoreReader {
    /// An agent of a project; in any project for `nil`.
    package func agent(_ id: AgentID, in project: ProjectID?) throws -> Agent? {
        guard let project else { return try connection.fetchOne("\(Agent.select) WHERE id = $1", id, as: Agent.init) }
        return try connection.fetchOne(
            "\(Agent.select) WHERE id = $1 AND project_id = $2",
            id,
            project,
            as: Agent.init
        )
    }

    /// A project's agents, oldest first.
    package func agents(in project: ProjectID, page: PageRequest) throws -> Listing<Agent> {
        try list(
            ListQuery(
                name: "agents",
                select: Agent.select,
                condition: "project_id = $1",
                arguments: [project],
                read: Agent.init,
                place: { ($0.createdAt.milliseconds, $0.id.rawValue) }
            ),
            page: page
        )
    }

    /// The agent new sessions of a project get.
    package func defaultAgent(in project: ProjectID) throws -> Agent? {
        try connection.fetchOne("\(Agent.select) WHERE project_id = $1 AND is_default = 1", project, as: Agent.init)
    }
}
