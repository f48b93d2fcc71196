package import OctobotModel

/// Change how an agent is configured.
package enum UpdateAgent: Operation {
    package static let name = "agent.update"
    package static let summary = "Change how an agent is configured"
    package static let description = """
        What is absent stays, `null` goes back to the agent’s own; `mcpServers` replaces the whole list. Type and \
        command are fixed. Sessions follow with their next turn; nothing changed is no event.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = []
    package static let errors: [FaultKind] = [.notFound]
    package static let concurrency = Concurrency.serial(by: "agentId")
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(
        agentID: "a1",
        mode: .value("plan"),
        systemPrompt: .null,
        mcpServers: MCPServer.examples
    )
    package static let exampleResult = Agent.example

    package typealias Result = Agent

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var agentID: AgentID
        package var mode: Patch<String>
        package var model: Patch<String>
        package var systemPrompt: Patch<String>
        package var mcpServers: [MCPServer]?

        package init(
            projectID: ProjectID? = nil,
            agentID: AgentID,
            mode: Patch<String> = .absent,
            model: Patch<String> = .absent,
            systemPrompt: Patch<String> = .absent,
            mcpServers: [MCPServer]? = nil
        ) {
            self.projectID = projectID
            self.agentID = agentID
            self.mode = mode
            self.model = model
            self.systemPrompt = systemPrompt
            self.mcpServers = mcpServers
        }

        private enum CodingKeys: String, CodingKey {
            case mode, model, systemPrompt, mcpServers
            case projectID = "projectId"
            case agentID = "agentId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .agent,
            .optional("mode", .nullable(.agentMode), "The mode its sessions are put in."),
            .optional("model", .nullable(.agentModel), "The model of prompts that name none."),
            .optional("systemPrompt", .nullable(.systemPrompt), "Instructions above every conversation with it."),
            .optional("mcpServers", .mcpServers, "All MCP servers the agent is told about.")
        )
    }
}
