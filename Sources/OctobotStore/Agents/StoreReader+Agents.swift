package import OctobotModel
import SQLDatabase

extension Agent {
    static let columns = """
        id, project_id, agent_type, command, mode, model, system_prompt, is_default, created_at, updated_at
        """
    static let select = "SELECT \(columns) FROM agent"

    /// Without its MCP servers, which are rows of their own.
    init(_ row: SQLRow) throws {
        self.init(
            id: try row[0],
            projectID: try row[1],
            agentType: try row[2],
            command: row.isNull(3) ? nil : try JSONColumn.value([String].self, row, 3),
            mode: try row[4],
            model: try row[5],
            systemPrompt: try row[6],
            isDefault: try row[7],
            createdAt: try row[8],
            updatedAt: try row[9]
        )
    }
}

extension StoreReader {
    /// An agent of a project; in any project for `nil`.
    package func agent(_ id: AgentID, in project: ProjectID?) throws -> Agent? {
        guard let project else {
            return try complete(connection.fetchOne("\(Agent.select) WHERE id = $1", id, as: Agent.init))
        }
        return try complete(
            connection.fetchOne(
                "\(Agent.select) WHERE id = $1 AND project_id = $2",
                id,
                project,
                as: Agent.init
            )
        )
    }

    /// A project's agents, oldest first.
    package func agents(in project: ProjectID, page: PageRequest) throws -> Listing<Agent> {
        var listing = try list(
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
        for index in listing.items.indices {
            listing.items[index].mcpServers = try mcpServers(of: listing.items[index].id)
        }
        return listing
    }

    /// The agent new sessions of a project get.
    package func defaultAgent(in project: ProjectID) throws -> Agent? {
        try complete(
            connection.fetchOne("\(Agent.select) WHERE project_id = $1 AND is_default = 1", project, as: Agent.init)
        )
    }

    private func complete(_ agent: Agent?) throws -> Agent? {
        guard var agent else { return nil }
        agent.mcpServers = try mcpServers(of: agent.id)
        return agent
    }

    private func mcpServers(of agent: AgentID) throws -> [MCPServer] {
        try connection.fetch(
            "SELECT settings FROM agent_mcp_server WHERE agent_id = $1 ORDER BY position, name",
            agent
        ) { try JSONColumn.value(MCPServer.self, $0, 0) }
    }

    /// What an agent told about itself last; `nil` when it never did.
    package func agentProfile(_ id: AgentID) throws -> AgentProfile? {
        try connection.fetchOne(
            "SELECT models, updated_at, profile FROM agent_model_list WHERE agent_id = $1",
            id
        ) { row in
            let models = try JSONColumn.value([AgentModel].self, row, 0)
            // Rows of old have the models only.
            guard !row.isNull(2) else { return AgentProfile(models: models, toldAt: try row[1]) }
            var profile = try JSONColumn.value(AgentProfile.self, row, 2)
            profile.models = models
            return profile
        }
    }
}
