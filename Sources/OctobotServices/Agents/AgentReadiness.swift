import OctobotAPI
import OctobotModel
import OctobotStore
import SandboxAgentAPI

/// Whether an agent can work, and what to do where it cannot (`agent.get`).
struct AgentReadiness: Sendable {
    let ledger: Ledger
    let providers: SandboxProviders

    func state(of agent: Agent) async throws(Fault) -> AgentState {
        let (profile, credentials) = try await ledger.read { reader in
            (try reader.agentProfile(agent.id), try reader.credentialList(in: agent.projectID))
        }
        guard let entry = AgentCatalogue[agent.agentType] else {
            return AgentState(
                installed: nil,
                credential: .unknown,
                advice: ["This daemon knows no agents of type '\(agent.agentType)'; make one of another type."],
                profile: profile
            )
        }
        let program = (agent.command ?? entry.command)?.first
        var installed: Bool?
        if entry.id == AgentCatalogue.demo { installed = true }
        if let program { installed = await providers.commands([program])[program] }
        let presence = Self.presence(credentials, entry)
        var advice: [String] = []
        if installed == false, let program { advice.append(Self.advice(program, entry)) }
        if presence == .missing { advice.append(Self.advice(entry)) }
        return AgentState(installed: installed, credential: presence, advice: advice, profile: profile)
    }

    private static func presence(
        _ credentials: [Credential],
        _ entry: AgentCatalogue.Entry
    ) -> AgentState.CredentialPresence {
        if entry.needsNoCredential { return .notNeeded }
        guard !entry.credentialVariables.isEmpty else { return .unknown }
        let isThere = credentials.contains { credential in
            credential.isConfigured && CredentialVariables.variable(for: credential, of: entry) != nil
        }
        return isThere ? .present : .missing
    }

    private static func advice(_ program: String, _ entry: AgentCatalogue.Entry) -> String {
        """
        New sandboxes do not have its program '\(program)'. Local ones: install it below /usr or in a folder of octobotd's \
        PATH, or name its folder with SANDBOX_LOCAL_READABLE. Docker: build the image with \
        'contrib/sandbox-image/build --with \(entry.id)', or name one that has it with SANDBOX_IMAGE.
        """
    }

    private static func advice(_ entry: AgentCatalogue.Entry) -> String {
        let variables = Set(entry.credentialVariables)
        let provider = AuthProviders.all.first { !variables.isDisjoint(with: $0.env ?? []) }?.id
        let names = entry.credentialVariables.joined(separator: " or ")
        guard let provider else { return "It has no credential: it reads \(names)." }
        return "It has no credential: store one for it (\(names)) with 'octoctl credential set \(provider)'."
    }
}
