package import OctobotModel

/// Configure an agent in a project.
package enum CreateAgent: Operation {
    package static let name = "agent.create"
    package static let summary = "Configure an agent in a project"
    package static let description = """
        The first agent of a project becomes its default. `command` is for the type `custom` only and required \
        there. Secrets of MCP servers are named by `credential`, not written down.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/agents", success: 201)
    ]
    package static let errors: [FaultKind] = [.notFound, .alreadyExists, .idempotencyConflict]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(agentType: "custom", command: ["my-agent", "--acp"], isDefault: true)
    package static let exampleResult = Agent.example

    package typealias Result = Agent

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var id: AgentID?
        package var agentType: String
        package var command: [String]?
        package var mode: String?
        package var model: String?
        package var systemPrompt: String?
        package var mcpServers: [MCPServer]?
        package var isDefault: Bool?

        package init(
            projectID: ProjectID? = nil,
            id: AgentID? = nil,
            agentType: String,
            command: [String]? = nil,
            mode: String? = nil,
            model: String? = nil,
            systemPrompt: String? = nil,
            mcpServers: [MCPServer]? = nil,
            isDefault: Bool? = nil
        ) {
            self.projectID = projectID
            self.id = id
            self.agentType = agentType
            self.command = command
            self.mode = mode
            self.model = model
            self.systemPrompt = systemPrompt
            self.mcpServers = mcpServers
            self.isDefault = isDefault
        }

        private enum CodingKeys: String, CodingKey {
            case id, agentType, command, mode, model, systemPrompt, mcpServers, isDefault
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .optional("id", .identifier, "An id of the caller’s own choice; made up when absent."),
            .required("agentType", .string(1...64), "An id of `agent.types`."),
            .optional(
                "command",
                .array(of: .string(1...4096), count: 1...256),
                "Program and arguments of a `custom` agent."
            ),
            .optional("mode", .agentMode, "The mode its sessions are put in; the agent’s own when absent."),
            .optional("model", .agentModel, "The model of prompts that name none; the agent’s own when absent."),
            .optional("systemPrompt", .systemPrompt, "Instructions above every conversation with it."),
            .optional("mcpServers", .mcpServers, "MCP servers the agent is told about."),
            .optional("isDefault", .boolean, "Make it the default of the project.")
        )
    }
}
