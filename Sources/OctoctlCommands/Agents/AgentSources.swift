import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl agent auth-providers`.
struct AgentAuthProviders: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auth-providers",
        abstract: "List whose models agents can use, and the variables that carry the credentials.",
        aliases: ["authProviders"]
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { connected in
            let params = ListAuthProviders.Params(projectID: connected.project)
            try await connected.list(ListAuthProviders.self, params, nothing: "No providers.")
        }
    }
}

extension AuthProvider: Tabular {
    static let columns = ["PROVIDER", "NAME", "CREDENTIALS"]
    var cells: [String] { [id, name, (env ?? []).joined(separator: " ")] }
}

/// `octoctl agent models`.
struct AgentModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the models an agent offers."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var agent: String

    func run() async throws {
        try await global.connected { connected in
            let params = GetAgent.Params(projectID: connected.project, agentID: AgentID(agent))
            try await connected.list(ListAgentModels.self, params, nothing: AgentModel.noneKnown)
        }
    }
}

extension AgentModel: Tabular {
    static let columns = ["MODEL", "NAME", "PROVIDER"]
    static let noneKnown = "No models known: no session of the agent has run yet, or it offers no choice."
    var cells: [String] { [id, name, provider] }
}
