import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl agent create`.
struct AgentCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Configure an agent in the project.",
        discussion: """
            The first agent of a project becomes its default. Any program that speaks the Agent Client Protocol on its \
            standard streams is type 'custom' with a command.

              octoctl agent create demo
              octoctl agent create claude-code --default
              octoctl agent create claude-code --mode plan --mcp-server docs=https://mcp.example.org/
              octoctl agent create custom -- my-agent --acp
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var settings: AgentSettingsOptions

    @Argument(help: "A type of 'octoctl agent types'.")
    var type: String

    @Argument(parsing: .postTerminator, help: "After '--': program and arguments of a custom agent.")
    var command: [String] = []

    @Flag(name: .customLong("default"), help: "Make it the default of the project.")
    var isDefault = false

    @Option(help: "An id of your own choice.")
    var id: String?

    func run() async throws {
        let instructions = try settings.instructions()
        let servers = try settings.mcpServers()
        try await global.connected { connected in
            let params = CreateAgent.Params(
                projectID: connected.project,
                id: id.map { AgentID($0) },
                agentType: type,
                command: command.isEmpty ? nil : command,
                mode: settings.mode,
                model: settings.model,
                systemPrompt: instructions,
                mcpServers: servers,
                isDefault: isDefault ? true : nil
            )
            try await connected.show(CreateAgent.self, params)
        }
    }
}

/// `octoctl agent delete`.
struct AgentDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Remove an agent.",
        discussion: "Its sessions stay; their next start takes the default of the project."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var agent: String

    func run() async throws {
        try await global.connected { connected in
            let params = DeleteAgent.Params(projectID: connected.project, agentID: AgentID(agent))
            try await connected.perform(DeleteAgent.self, params, done: "Deleted agent \(agent).")
        }
    }
}

/// `octoctl agent set-default`.
struct AgentSetDefault: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-default",
        abstract: "Make an agent the default of the project.",
        aliases: ["setDefault"]
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var agent: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(
                SetDefaultAgent.self,
                SetDefaultAgent.Params(projectID: connected.project, agentID: AgentID(agent))
            )
        }
    }
}
