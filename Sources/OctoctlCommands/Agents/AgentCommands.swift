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
