import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl agent update`.
struct AgentUpdate: AsyncParsableCommand {
    /// What can be taken back.
    enum Setting: String, CaseIterable, ExpressibleByArgument {
        case mode, model
        case systemPrompt = "system-prompt"
        case mcpServers = "mcp-servers"
    }

    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change how an agent is configured.",
        discussion: """
            What is not named stays. MCP servers replace the whole list; a JSON file can give them variables and headers, \
            with "credential": PROVIDER in place of a secret. Sessions follow with their next turn.

              octoctl agent update AGENT --mode plan --mcp-server 'files=mcp-files --root .'
              octoctl agent update AGENT --mcp-servers servers.json
              octoctl agent update AGENT --clear mode --clear system-prompt
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var settings: AgentSettingsOptions

    @Argument(help: "Its id.")
    var agent: String

    @Option(help: ArgumentHelp("Go back to the agent's own. May be repeated.", valueName: "setting"))
    var clear: [Setting] = []

    func validate() throws {
        let given: [(Setting, Bool)] = [
            (.mode, settings.mode != nil), (.model, settings.model != nil),
            (.systemPrompt, settings.systemPrompt != nil || settings.systemPromptFile != nil),
            (.mcpServers, !settings.servers.isEmpty || settings.serverFile != nil),
        ]
        for (setting, isGiven) in given where isGiven && clear.contains(setting) {
            throw ValidationError("--clear \(setting.rawValue) and a new one cannot be together.")
        }
        guard !clear.isEmpty || given.contains(where: \.1) else {
            throw ValidationError("Nothing to change: name at least one setting.")
        }
    }

    func run() async throws {
        let instructions = try settings.instructions()
        let servers = try settings.mcpServers()
        try await global.connected { connected in
            let params = UpdateAgent.Params(
                projectID: connected.project,
                agentID: AgentID(agent),
                mode: patch(settings.mode, .mode),
                model: patch(settings.model, .model),
                systemPrompt: patch(instructions, .systemPrompt),
                mcpServers: clear.contains(.mcpServers) ? [] : servers
            )
            try await connected.show(UpdateAgent.self, params)
        }
    }

    private func patch(_ value: String?, _ setting: Setting) -> Patch<String> {
        clear.contains(setting) ? .null : value.map(Patch.value) ?? .absent
    }
}
