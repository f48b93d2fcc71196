import OctobotAPI
import OctobotModel
import SandboxAgentAPI

/// The catalogue as clients see it (`agent.types`).
enum AgentTypes {
    /// The programs the types start, each once.
    static var commands: Set<String> { Set(AgentCatalogue.all.compactMap { $0.command?.first }) }

    /// Every type, the ones to try first first.
    ///
    /// - Parameter installed: Which programs a new sandbox has, and which not; others are not known.
    static func all(installed: [String: Bool]) -> [AgentType] {
        AgentCatalogue.all.map { entry in
            let isDemo = entry.id == AgentCatalogue.demo
            return AgentType(
                id: entry.id,
                name: entry.name,
                description: entry.summary,
                command: entry.command,
                credentialVariables: entry.credentialVariables,
                badges: entry.id == "claude-code" ? [popular] : nil,
                highlighted: isDemo || entry.id == "claude-code" ? true : nil,
                supportedAuthProviders: providers(of: entry),
                allowNoAuth: entry.needsNoCredential ? true : nil,
                installed: isDemo ? true : entry.command?.first.flatMap { installed[$0] }
            )
        }
    }

    /// The stock client's accent tint (rest-api.md §18).
    private static let popular = AgentType.Badge(label: "Popular", className: "bg-primary/10 text-primary")

    /// Whose credentials reach the type's agent: those with a variable it reads, for `custom` everybody's.
    private static func providers(of entry: AgentCatalogue.Entry) -> [String]? {
        if entry.id == AgentCatalogue.custom { return ["*"] }
        let variables = Set(entry.credentialVariables)
        let ids = AuthProviders.all.filter { !variables.isDisjoint(with: $0.env ?? []) }.map(\.id)
        return ids.isEmpty ? nil : ids
    }
}
