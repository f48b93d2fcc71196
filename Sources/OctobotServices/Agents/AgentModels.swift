import Logging
package import OctobotAPI
package import OctobotModel
import OctobotSandbox
import OctobotStore
import SandboxAgentAPI

/// What agents say about themselves (`agent.models`, `session.models`): what a running one says, and what it said last.
///
/// Nothing is started for them but the coding agent in a sandbox that runs. What an agent said is remembered beside its
/// row; that is no change of the agent and no event.
package struct AgentModels: Sendable {
    let ledger: Ledger
    let sandboxes: SessionSandboxes
    let credentials: CredentialDelivery

    /// How long an agent has for its answer; its start may take most of it.
    private static let limit = Duration.seconds(20)
    /// How long one has that runs.
    private static let shortLimit = Duration.seconds(10)
    /// How long what a turn's agent said is not asked for again after the next turn.
    private static let freshness = Duration.seconds(600)

    /// `agent.models`.
    package func models(_ params: ListAgentModels.Params, _ call: Call) async throws(Fault) -> Page<AgentModel> {
        let project = params.projectID ?? .local
        let id = params.agentID
        let (agent, sessions) = try await ledger.read { reader in
            (try reader.agent(id, in: project), try reader.liveSessions(of: id))
        }
        guard let agent else { throw .notFound("agent", id) }
        for session in sessions {
            if let models = try await told(in: session, by: agent) { return Page(items: models) }
        }
        return Page(items: try await remembered(agent.id))
    }

    /// `session.models`.
    package func models(_ params: ListSessionModels.Params, _ call: Call) async throws(Fault) -> Page<AgentModel> {
        let session = try await ledger.session(params.sessionID, in: params.projectID ?? .local)
        guard let id = session.agentID, let agent = try await ledger.read({ try $0.agent(id, in: session.projectID) })
        else { return Page(items: []) }
        if let models = try await told(in: session, by: agent) { return Page(items: models) }
        return Page(items: try await remembered(id))
    }

    /// Remembers what the agent of a turn that has just ended says, unless that was asked lately.
    func learn(in session: Session, from sandbox: any SandboxAgent) async throws(Fault) {
        guard let id = session.agentID else { return }
        let (agent, last) = try await ledger.read { reader in
            (try reader.agent(id, in: session.projectID), try reader.agentProfile(id)?.toldAt)
        }
        guard let agent else { return }
        if let last, last.advanced(by: Self.freshness) > .now { return }
        // The agent has the turn's credentials.
        guard let list = await ask(sandbox, credentials: nil, within: Self.shortLimit) else { return }
        try await remember(list, of: agent)
    }

    private func remembered(_ agent: AgentID) async throws(Fault) -> [AgentModel] {
        try await ledger.read { try $0.agentProfile(agent)?.models ?? [] }
    }

    /// What the agent in the session's sandbox says now; `nil` when that does not run or the agent does not say.
    private func told(in session: Session, by agent: Agent) async throws(Fault) -> [AgentModel]? {
        guard await sandboxes.isRunning(session) else { return nil }
        let sandbox = try await sandboxes.agent(of: session)
        let secrets = try await credentials.credentials(of: session.id)
        guard let list = await ask(sandbox, credentials: secrets, within: Self.limit) else { return nil }
        return try await remember(list, of: agent)
    }

    private func ask(
        _ sandbox: any SandboxAgent,
        credentials: [AgentCredential]?,
        within limit: Duration
    ) async -> ModelList? {
        do {
            return try await withDeadline(limit) { try await sandbox.models(credentials: credentials) }
        } catch {
            ledger.logger.debug("Models not told", metadata: ["error": "\(error)"])
            return nil
        }
    }

    @discardableResult
    private func remember(_ told: ModelList, of agent: Agent) async throws(Fault) -> [AgentModel] {
        let models = told.models.prefix(1000).map { model in
            AgentModel(
                id: model.id,
                name: model.displayName,
                provider: model.provider,
                reasoning: model.reasoning ? true : nil
            )
        }
        let profile = AgentProfile(told.agent, models: models)
        try await ledger.write { transaction, _ in
            // It may have been deleted meanwhile.
            guard try transaction.agent(agent.id, in: nil) != nil else { return }
            try transaction.setAgentProfile(agent.id, to: profile)
        }
        return models
    }
}

extension AgentProfile {
    /// What an agent said just now; lists no agent should have are cut.
    fileprivate init(_ report: AgentReport?, models: [AgentModel]) {
        self.init(
            name: report?.name.map { String($0.prefix(200)) },
            version: report?.version.map { String($0.prefix(200)) },
            capabilities: Array((report?.capabilities ?? []).prefix(100)),
            modes: (report?.modes ?? []).prefix(100).map { Mode(id: $0.id, name: $0.name) },
            models: models,
            commands: Array((report?.commands ?? []).prefix(1000)),
            toldAt: .now
        )
    }
}
