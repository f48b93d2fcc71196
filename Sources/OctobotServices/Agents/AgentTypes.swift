import OctobotModel
import SandboxAgentAPI

/// The catalogue as clients see it (`agent.types`).
enum AgentTypes {
    /// Every type, the ones to try first first.
    ///
    /// - Parameter locate: Finds a command on this machine.
    static func all(locate: (String) -> String?) -> [AgentType] {
        AgentCatalogue.all.map { entry in
            let program = entry.command?.first
            return AgentType(
                id: entry.id,
                name: entry.name,
                description: entry.summary,
                command: entry.command,
                credentialVariables: entry.credentialVariables,
                highlighted: entry.id == AgentCatalogue.demo ? true : nil,
                allowNoAuth: entry.needsNoCredential ? true : nil,
                installed: entry.id == AgentCatalogue.demo ? true : program.map { locate($0) != nil }
            )
        }
    }
}
