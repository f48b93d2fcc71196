import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl agent types`.
struct AgentTypes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "types",
        abstract: "List the kinds of agent there are, and which new sandboxes have."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            try await connected.list(ListAgentTypes.self, page, nothing: "No agent types.") { limit, cursor in
                ListAgentTypes.Params(projectID: connected.project, limit: limit, cursor: cursor)
            }
        }
    }
}

/// `octoctl agent list`.
struct AgentList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the agents of the project, oldest first."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            try await connected.list(
                ListAgents.self,
                page,
                nothing: "No agents. 'octoctl agent create demo' makes one that needs nothing."
            ) { limit, cursor in
                ListAgents.Params(projectID: connected.project, limit: limit, cursor: cursor)
            }
        }
    }
}

/// `octoctl agent get`.
struct AgentGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show an agent, whether it can work, and what it told when it last ran.",
        aliases: ["show"]
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var agent: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(
                GetAgent.self,
                GetAgent.Params(projectID: connected.project, agentID: AgentID(agent))
            )
        }
    }
}
