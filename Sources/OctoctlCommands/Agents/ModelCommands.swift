import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl model`.
struct ModelCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Models that agents can be told to use.",
        subcommands: [ModelList.self]
    )
}

/// `octoctl model list`.
struct ModelList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the models an agent offers.",
        discussion: """
            An agent tells its models when it runs; until one of its sessions has run there are none to list.

              octoctl model list
              octoctl model list --agent claude-code
            """
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "An agent, by id or type. (default: the project's default)")
    var agent: String?

    @Option(help: "What the agent of this session offers.")
    var session: String?

    func validate() throws {
        if agent != nil, session != nil { throw ValidationError("Give --agent or --session, not both.") }
    }

    func run() async throws {
        try await global.connected { connected in
            if let session {
                let params = SessionTarget(projectID: connected.project, sessionID: SessionID(session))
                return try await connected.list(ListSessionModels.self, params, nothing: AgentModel.noneKnown)
            }
            let params = GetAgent.Params(
                projectID: connected.project,
                agentID: try await connected.existingAgent(agent)
            )
            try await connected.list(ListAgentModels.self, params, nothing: AgentModel.noneKnown)
        }
    }
}

/// `octoctl session models`.
struct SessionModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the models a session's agent offers."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var session: String

    func run() async throws {
        try await global.connected { connected in
            let params = SessionTarget(projectID: connected.project, sessionID: SessionID(session))
            try await connected.list(ListSessionModels.self, params, nothing: AgentModel.noneKnown)
        }
    }
}
