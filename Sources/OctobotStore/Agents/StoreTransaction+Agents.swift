package import OctobotModel
import SQLDatabase

extension StoreTransaction {
    /// Stores an agent; the first of a project becomes its default, and a new default replaces the old one.
    ///
    /// - Returns: The agent as stored.
    package func insertAgent(_ agent: Agent) throws -> Agent {
        var agent = agent
        if try defaultAgent(in: agent.projectID) == nil {
            agent.isDefault = true
        } else if agent.isDefault {
            try clearDefault(in: agent.projectID)
        }
        try connection.execute(
            "INSERT INTO agent (\(Agent.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            agent.id,
            agent.projectID,
            agent.agentType,
            try agent.command.map { try JSONColumn.text($0) },
            agent.mode,
            agent.model,
            agent.systemPrompt,
            agent.isDefault,
            agent.createdAt,
            agent.updatedAt
        )
        try insertMCPServers(of: agent)
        return agent
    }

    /// Stores an agent's settings: mode, model, system prompt and MCP servers, the whole list.
    package func setAgentSettings(_ agent: Agent) throws {
        try connection.execute(
            "UPDATE agent SET mode = $1, model = $2, system_prompt = $3, updated_at = $4 WHERE id = $5",
            agent.mode,
            agent.model,
            agent.systemPrompt,
            agent.updatedAt,
            agent.id
        )
        try connection.execute("DELETE FROM agent_mcp_server WHERE agent_id = $1", agent.id)
        try insertMCPServers(of: agent)
    }

    private func insertMCPServers(of agent: Agent) throws {
        for (position, server) in agent.mcpServers.enumerated() {
            try connection.execute(
                """
                INSERT INTO agent_mcp_server (agent_id, name, transport, settings, position, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                """,
                agent.id,
                server.name,
                server.transport,
                try JSONColumn.text(server),
                position,
                agent.updatedAt
            )
        }
    }

    /// Remembers what an agent has told about itself.
    package func setAgentProfile(_ id: AgentID, to profile: AgentProfile) throws {
        var rest = profile
        rest.models = []
        try connection.execute(
            """
            INSERT INTO agent_model_list (agent_id, models, updated_at, profile) VALUES ($1, $2, $3, $4)
            ON CONFLICT (agent_id) DO UPDATE
            SET models = excluded.models, updated_at = excluded.updated_at, profile = excluded.profile
            """,
            id,
            try JSONColumn.text(profile.models),
            profile.toldAt,
            try JSONColumn.text(rest)
        )
    }

    /// Makes an agent the one new sessions of its project get.
    package func setDefaultAgent(_ id: AgentID, in project: ProjectID) throws {
        try clearDefault(in: project)
        try connection.execute(
            "UPDATE agent SET is_default = 1, updated_at = $1 WHERE id = $2 AND project_id = $3",
            Timestamp.now,
            id,
            project
        )
    }

    /// Deletes an agent: its sessions lose it, and the oldest remaining becomes default when it was.
    package func deleteAgent(_ id: AgentID) throws {
        guard let agent = try agent(id, in: nil) else { return }
        try connection.execute(
            "UPDATE session SET agent_id = NULL, updated_at = $1 WHERE agent_id = $2",
            Timestamp.now,
            id
        )
        try connection.execute("DELETE FROM agent WHERE id = $1", id)
        guard agent.isDefault else { return }
        try connection.execute(
            """
            UPDATE agent SET is_default = 1, updated_at = $1
            WHERE id = (SELECT id FROM agent WHERE project_id = $2 ORDER BY created_at, id LIMIT 1)
            """,
            Timestamp.now,
            agent.projectID
        )
    }

    private func clearDefault(in project: ProjectID) throws {
        try connection.execute(
            "UPDATE agent SET is_default = 0, updated_at = $1 WHERE project_id = $2 AND is_default = 1",
            Timestamp.now,
            project
        )
    }
}
