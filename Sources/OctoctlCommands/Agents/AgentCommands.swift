import ArgumentParser
import OctobotModel

/// `octoctl agent`.
struct AgentCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Coding agents configured in a project.",
        subcommands: [
            AgentTypes.self, AgentAuthProviders.self, AgentList.self, AgentCreate.self, AgentGet.self,
            AgentUpdate.self, AgentDelete.self, AgentSetDefault.self, AgentModels.self,
        ]
    )
}

extension Agent: Tabular {
    static let columns = ["ID", "TYPE", "DEFAULT", "COMMAND"]
    var cells: [String] {
        [id.rawValue, agentType, isDefault ? "yes" : "", command?.joined(separator: " ") ?? ""]
    }
}

extension Agent: Describable {
    var fields: [Field] {
        [
            Field("id", id.rawValue), Field("type", agentType), Field("default", isDefault ? "yes" : "no"),
            Field("command", command?.joined(separator: " ")), Field("mode", mode), Field("model", model),
            Field("system prompt", systemPrompt),
            Field(
                "mcp servers",
                mcpServers.isEmpty ? nil : mcpServers.map { "\($0.name)=\($0.place)" }.joined(separator: "\n")
            ),
            Field("created", createdAt.short),
            Field("updated", updatedAt.short),
        ].compactMap { $0 } + (state?.fields ?? [])
    }
}

extension AgentState: Describable {
    var fields: [Field] {
        let presence: String? =
            switch credential {
            case .present: "present"
            case .missing: "missing"
            case .notNeeded: "not needed"
            case .unknown: nil
            }
        return [
            Field("installed", installed.map { $0 ? "yes" : "no" }), Field("credential", presence),
            Field("to do", advice.isEmpty ? nil : advice.joined(separator: "\n")),
        ].compactMap { $0 } + (profile?.fields ?? [])
    }
}

extension AgentProfile: Describable {
    var fields: [Field] {
        let lines = { (words: [String]) -> String? in words.isEmpty ? nil : words.joined(separator: ", ") }
        return [
            Field("program", [name, version].compactMap { $0 }.joined(separator: " ")),
            Field("capabilities", lines(capabilities)), Field("modes", lines(modes.map(\.id))),
            Field("models", lines(models.map(\.id))), Field("commands", lines(commands.map { "/" + $0 })),
            Field("told", toldAt.short),
        ].compactMap { $0 }
    }
}

extension AgentType: Tabular {
    static let columns = ["TYPE", "NAME", "INSTALLED", "COMMAND", "CREDENTIALS"]
    var cells: [String] {
        let found = installed.map { $0 ? "yes" : "no" } ?? ""
        return [id, name, found, command?.joined(separator: " ") ?? "", credentialVariables.joined(separator: " ")]
    }
}
