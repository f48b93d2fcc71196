package import OctobotModel

/// Params that name a project and nothing else.
package struct ProjectTarget: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
    package var projectID: ProjectID?

    package init(projectID: ProjectID? = nil) { self.projectID = projectID }

    private enum CodingKeys: String, CodingKey {
        case projectID = "projectId"
    }

    package static let schema = JSONSchema.parameters(.project)
}

/// Params of a list of a project.
package struct ProjectPage: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped, Paged {
    package var projectID: ProjectID?
    package var limit: Int?
    package var cursor: String?

    package init(projectID: ProjectID? = nil, limit: Int? = nil, cursor: String? = nil) {
        self.projectID = projectID
        self.limit = limit
        self.cursor = cursor
    }

    private enum CodingKeys: String, CodingKey {
        case limit, cursor
        case projectID = "projectId"
    }

    package static let schema = JSONSchema.parameters(.project, .limit, .cursor)
}

/// Params that name a session and nothing else.
package struct SessionTarget: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
    package var projectID: ProjectID?
    package var sessionID: SessionID

    package init(projectID: ProjectID? = nil, sessionID: SessionID) {
        self.projectID = projectID
        self.sessionID = sessionID
    }

    private enum CodingKeys: String, CodingKey {
        case projectID = "projectId"
        case sessionID = "sessionId"
    }

    package static let schema = JSONSchema.parameters(.project, .session)
}

/// Params that name a workspace and nothing else.
package struct WorkspaceTarget: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
    package var projectID: ProjectID?
    package var workspaceID: WorkspaceID

    package init(projectID: ProjectID? = nil, workspaceID: WorkspaceID) {
        self.projectID = projectID
        self.workspaceID = workspaceID
    }

    private enum CodingKeys: String, CodingKey {
        case projectID = "projectId"
        case workspaceID = "workspaceId"
    }

    package static let schema = JSONSchema.parameters(.project, .workspace)
}

/// Params that name an agent and nothing else.
package struct AgentTarget: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
    package var projectID: ProjectID?
    package var agentID: AgentID

    package init(projectID: ProjectID? = nil, agentID: AgentID) {
        self.projectID = projectID
        self.agentID = agentID
    }

    private enum CodingKeys: String, CodingKey {
        case projectID = "projectId"
        case agentID = "agentId"
    }

    package static let schema = JSONSchema.parameters(.project, .agent)
}

extension JSONSchema.Member {
    static let project = optional("projectId", .identifier, "The project; `local` when absent.")
    static let session = required("sessionId", .identifier, "The session.")
    static let workspace = required("workspaceId", .identifier, "The workspace.")
    static let agent = required("agentId", .identifier, "The agent.")
    static let limit = optional("limit", .pageSize, "How many items the page may have.")
    static let cursor = optional(
        "cursor",
        .cursor,
        "`nextCursor` of the page before; the first page when absent."
    )
}
