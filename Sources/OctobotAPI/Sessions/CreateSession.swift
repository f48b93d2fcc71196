import JSONText
package import OctobotModel

/// Create a session in a workspace.
package enum CreateSession: Operation {
    package static let name = "session.create"
    package static let summary = "Create a session in a workspace"
    package static let description = """
        Answers with status `initializing`; unless `start` is false a job makes the sandbox and clones the \
        repository at its present commit. `workspaceDirty` says that a local folder has uncommitted changes, which \
        the sandbox does not see. Agent and permission mode are fixed while the sandbox runs.
        """
    package static let access = Access.member
    package static let errors: [FaultKind] = [
        .notFound, .alreadyExists, .idempotencyConflict, .invalidState, .unavailable,
    ]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(workspaceID: "w1", name: "Fix the tests", permissionMode: .ask)
    package static let exampleResult = Session.example(status: .initializing)

    package typealias Result = Session

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID
        package var id: SessionID?
        package var agentID: AgentID?
        package var name: String?
        package var model: String?
        package var reasoning: Reasoning?
        package var permissionMode: PermissionMode?
        package var start: Bool?

        package init(
            projectID: ProjectID? = nil,
            workspaceID: WorkspaceID,
            id: SessionID? = nil,
            agentID: AgentID? = nil,
            name: String? = nil,
            model: String? = nil,
            reasoning: Reasoning? = nil,
            permissionMode: PermissionMode? = nil,
            start: Bool? = nil
        ) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.id = id
            self.agentID = agentID
            self.name = name
            self.model = model
            self.reasoning = reasoning
            self.permissionMode = permissionMode
            self.start = start
        }

        private enum CodingKeys: String, CodingKey {
            case id, name, model, reasoning, permissionMode, start
            case projectID = "projectId"
            case workspaceID = "workspaceId"
            case agentID = "agentId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("workspaceId", .identifier, "The workspace it works on."),
            .optional("id", .newSessionID, "An id of the caller’s own choice; made up when absent."),
            .optional("agentId", .identifier, "The agent; the default of the project when absent."),
            .optional("name", .title, "A name for people; the first prompt when absent."),
            .optional("model", .string(1...256), "The model, such as `anthropic:claude-sonnet-4`."),
            .optional("reasoning", .enumeration(of: Reasoning.self), "How much the model should reason."),
            .optional(
                "permissionMode",
                .enumeration(of: PermissionMode.self).defaulting(to: "ask"),
                """
                What becomes of the agent’s requests for permission: all asked, all allowed, changes of files allowed, or \
                changes and commands refused.
                """
            ),
            .optional("start", .boolean.defaulting(to: true), "Whether to make the sandbox now.")
        )
    }
}
