/// A coding agent configured in a project.
package struct Agent: Sendable, Codable, Equatable {
    package var id: AgentID
    package var projectID: ProjectID
    /// An id of the agent catalogue, such as `demo`, `claude-code` or `custom`.
    package var agentType: String
    /// The command of a `custom` agent: program and arguments.
    package var command: [String]?
    /// The mode its sessions are put in, such as `plan`; the agent's own when absent.
    package var mode: String?
    /// The model of prompts that name none; the agent's own when absent.
    package var model: String?
    /// Instructions that stand above every conversation with it.
    package var systemPrompt: String?
    /// In the order they are told to the agent; names are unique.
    package var mcpServers: [MCPServer]
    package var isDefault: Bool
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// Told where one agent is asked for.
    package var state: AgentState?

    package init(
        id: AgentID,
        projectID: ProjectID,
        agentType: String,
        command: [String]? = nil,
        mode: String? = nil,
        model: String? = nil,
        systemPrompt: String? = nil,
        mcpServers: [MCPServer] = [],
        isDefault: Bool,
        createdAt: Timestamp,
        updatedAt: Timestamp,
        state: AgentState? = nil
    ) {
        self.state = state
        self.id = id
        self.projectID = projectID
        self.agentType = agentType
        self.command = command
        self.mode = mode
        self.model = model
        self.systemPrompt = systemPrompt
        self.mcpServers = mcpServers
        self.isDefault = isDefault
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    enum CodingKeys: String, CodingKey {
        case id, agentType, command, mode, model, systemPrompt, mcpServers, isDefault, createdAt, updatedAt, state
        case projectID = "projectId"
    }
}

/// A model an agent can be told to use (rest-api.md §19).
package struct AgentModel: Codable, Sendable, Equatable {
    /// The agent type, a colon, and what the agent calls the model (agent-api.md §6).
    package var id: String
    package var name: String
    /// Whose it is, as a name for people.
    package var provider: String
    package var description: String?
    /// Whether it can be told to reason.
    package var reasoning: Bool?

    package init(id: String, name: String, provider: String, description: String? = nil, reasoning: Bool? = nil) {
        self.id = id
        self.name = name
        self.provider = provider
        self.description = description
        self.reasoning = reasoning
    }
}

/// A kind of agent that can be configured (acp.md §19).
package struct AgentType: Sendable, Codable, Equatable {
    package struct Badge: Sendable, Codable, Equatable {
        package var label: String
        package var className: String
        package init(label: String, className: String) {
            self.label = label
            self.className = className
        }
    }
    package var id: String
    package var name: String
    package var description: String
    /// The command inside the sandbox: program and arguments; absent for `custom`.
    package var command: [String]?
    /// Environment variables that carry its credentials, first choice first.
    package var credentialVariables: [String]
    package var badges: [Badge]?
    package var highlighted: Bool?
    package var enabled: Bool
    package var supportedAuthProviders: [String]?
    package var allowNoAuth: Bool?
    /// Whether its command is there for a sandbox of the default provider; absent when that is not known, as with an
    /// image nobody has looked into.
    package var installed: Bool?

    package init(
        id: String,
        name: String,
        description: String,
        command: [String]?,
        credentialVariables: [String] = [],
        badges: [Badge]? = nil,
        highlighted: Bool? = nil,
        enabled: Bool = true,
        supportedAuthProviders: [String]? = nil,
        allowNoAuth: Bool? = nil,
        installed: Bool? = nil
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.command = command
        self.credentialVariables = credentialVariables
        self.badges = badges
        self.highlighted = highlighted
        self.enabled = enabled
        self.supportedAuthProviders = supportedAuthProviders
        self.allowNoAuth = allowNoAuth
        self.installed = installed
    }
}
