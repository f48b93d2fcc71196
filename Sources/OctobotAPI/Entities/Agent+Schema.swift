package import OctobotModel

extension Agent: ComponentDescribing {
    package static let schemaName = "Agent"
    package static let definition = JSONSchema.record(
        .required("id", .identifier, "Its id."),
        .required("projectId", .identifier, "The project it belongs to."),
        .required("agentType", .string(1...64), "An id of `agent.types`."),
        .optional("command", .array(of: .string), "Program and arguments of a `custom` agent."),
        .optional("mode", .agentMode, "The mode its sessions are put in; the agent’s own when absent."),
        .optional("model", .agentModel, "The model of prompts that name none; the agent’s own when absent."),
        .optional("systemPrompt", .systemPrompt, "Instructions above every conversation with it."),
        .required("mcpServers", .mcpServers, "MCP servers the agent is told about."),
        .required("isDefault", .boolean, "Whether sessions that name no agent get it."),
        .required("createdAt", .timestamp, "When it was made."),
        .required("updatedAt", .timestamp, "When it last changed."),
        .optional("state", .reference(to: AgentState.self), "Whether it can work; told by `agent.get`."),
        description: "A coding agent configured in a project."
    )

    /// What the documents show.
    package static let example = Agent(
        id: "a1",
        projectID: .local,
        agentType: "custom",
        command: ["my-agent", "--acp"],
        mode: "plan",
        systemPrompt: "Answer in one sentence.",
        mcpServers: MCPServer.examples,
        isDefault: true,
        createdAt: .example,
        updatedAt: .example
    )
}

extension AgentType: ComponentDescribing {
    package static let schemaName = "AgentType"
    package static let definition = JSONSchema.record(
        .required("id", .string(1...64), "What `agent.create` takes."),
        .required("name", .string, "A name for people."),
        .required("description", .string, "What it is, in a sentence."),
        .optional("command", .array(of: .string), "Program and arguments inside the sandbox; absent for `custom`."),
        .required("credentialVariables", .array(of: .string), "Environment variables that carry its credentials."),
        .optional(
            "badges",
            .array(
                of: .record(
                    .required("label", .string, "The text."),
                    .required("className", .string, "CSS classes of the stock client.")
                )
            ),
            "What to show beside the name."
        ),
        .optional("highlighted", .boolean, "Whether to show it first."),
        .required("enabled", .boolean, "Whether it is offered."),
        .optional("supportedAuthProviders", .array(of: .string), "Whose credentials it takes; `*` is all."),
        .optional("allowNoAuth", .boolean, "Whether it works without credentials."),
        .optional("installed", .boolean, "Whether a new sandbox has its command; absent when that is not known."),
        description: "A kind of agent that can be configured."
    )

    /// What the documents show.
    package static let example = AgentType(
        id: "demo",
        name: "Demo",
        description: "A built-in agent that needs no model.",
        command: ["octobot-agent", "demo"],
        allowNoAuth: true,
        installed: true
    )
}
