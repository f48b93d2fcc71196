/// A coding agent configured in a project.
package struct Agent: Sendable, Codable, Equatable {
    package var id: AgentID
    package var projectID: ProjectID
    /// An id of the agent catalogue, such as `demo`, `claude-code` or `custom`.
    package var agentType: String
    /// The command of a `custom` agent: program and arguments.
    package var command: [String]?
    package var isDefault: Bool
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: AgentID,
        projectID: ProjectID,
        agentType: String,
        command: [String]? = nil,
        isDefault: Bool,
        createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.projectID = projectID
        self.agentType = agentType
        self.command = command
        self.isDefault = isDefault
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    enum CodingKeys: String, CodingKey {
        case id, agentType, command, isDefault, createdAt, updatedAt
        case projectID = "projectId"
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
    /// Whether its command was found on this machine; absent when not looked for.
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
