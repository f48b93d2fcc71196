import OctobotAPI
import OctobotModel
import OctobotStore
import SandboxAgentAPI

/// Chooses what a session's agent is given with a turn (agent-api.md §3.1).
struct CredentialDelivery: Sendable {
    let ledger: Ledger
    let vault: CredentialVault
    let refreshing: CredentialRefreshing

    /// The variables of the project's credentials that the session's agent reads; tokens about to end are renewed.
    func credentials(of session: SessionID) async throws(Fault) -> [AgentCredential] {
        let found = try await ledger.read { reader -> (ProjectID, String)? in
            guard let session = try reader.session(session, in: nil), let id = session.agentID,
                let agent = try reader.agent(id, in: session.projectID)
            else { return nil }
            return (session.projectID, agent.agentType)
        }
        guard let (project, type) = found, let entry = AgentCatalogue[type] else { return [] }
        var credentials: [AgentCredential] = []
        for open in try await vault.credentials(in: project) {
            guard let variable = CredentialVariables.variable(for: open.credential, of: entry) else { continue }
            let value = await refreshing.current(open).secret.value
            credentials.append(AgentCredential(envVar: variable, value: value))
        }
        return credentials
    }
}

/// What credentials are called in an agent's environment (rest-api.md §20.2).
enum CredentialVariables {
    /// Logins whose token goes under another name than a key would.
    private static let ofLogins = ["anthropic": "CLAUDE_CODE_OAUTH_TOKEN"]
    private static let loginsOnly = Set(ofLogins.values)

    /// The first variable of the credential's provider that the agent reads, `nil` when it reads none.
    ///
    /// A `custom` agent, of which that is not known, gets them all.
    static func variable(for credential: Credential, of entry: AgentCatalogue.Entry) -> String? {
        let candidates: [String]
        if credential.authType == .oauth, let login = ofLogins[credential.provider] {
            candidates = [login]
        } else {
            candidates = (AuthProviders[credential.provider]?.env ?? []).filter { !loginsOnly.contains($0) }
        }
        if entry.id == AgentCatalogue.custom { return candidates.first }
        return candidates.first(where: entry.credentialVariables.contains)
    }
}
