package import OctobotAPI
package import OctobotModel
import OctobotStore
import SandboxAgentAPI

/// The agents of a project and the types there are (`agent.*`).
package struct AgentService: Sendable {
    private let ledger: Ledger
    private let providers: SandboxProviders

    package init(ledger: Ledger, providers: SandboxProviders) {
        self.ledger = ledger
        self.providers = providers
    }

    /// `agent.types`.
    package func types(_ params: ListAgentTypes.Params, _ call: Call) async throws(Fault) -> Page<AgentType> {
        Page(items: AgentTypes.all(installed: await providers.commands(AgentTypes.commands)))
    }

    /// `agent.authProviders`.
    package func authProviders(
        _ params: ListAuthProviders.Params,
        _ call: Call
    ) async throws(Fault) -> Page<AuthProvider> {
        Page(items: AuthProviders.all)
    }

    /// `agent.list`.
    package func list(_ params: ListAgents.Params, _ call: Call) async throws(Fault) -> Page<Agent> {
        let project = params.projectID ?? .local
        let request = PageRequest(limit: params.limit, cursor: params.cursor)
        return try await ledger.read { Page(try $0.agents(in: project, page: request)) }
    }

    /// `agent.create`: the project's first agent becomes its default.
    package func create(_ params: CreateAgent.Params, _ call: Call) async throws(Fault) -> Agent {
        try Self.check(params)
        return try await ledger.once(call, method: CreateAgent.name, params: params) { transaction, wakes in
            let now = Timestamp.now
            let id = params.id ?? .random()
            let project = params.projectID ?? .local
            try transaction.checkFree("agent", id, owner: transaction.agent(id, in: nil)?.projectID, in: project)
            let earlier = try transaction.defaultAgent(in: project)?.id
            let agent = try transaction.insertAgent(
                Agent(
                    id: id,
                    projectID: project,
                    agentType: params.agentType,
                    command: params.command,
                    mode: params.mode,
                    model: params.model,
                    systemPrompt: params.systemPrompt,
                    mcpServers: params.mcpServers ?? [],
                    isDefault: params.isDefault ?? false,
                    createdAt: now,
                    updatedAt: now
                )
            )
            try transaction.publish(agent: id, in: project, status: "created", &wakes)
            try transaction.publishDefault(in: project, afterChangeOf: id, earlier: earlier, &wakes)
            return agent
        }
    }

    /// `agent.update`: what sessions do from their next turn on; one that changes nothing is no event.
    package func update(_ params: UpdateAgent.Params, _ call: Call) async throws(Fault) -> Agent {
        if let servers = params.mcpServers { try MCPServerCheck.check(servers) }
        let project = params.projectID ?? .local
        return try await ledger.write { transaction, wakes in
            guard let before = try transaction.agent(params.agentID, in: project) else {
                throw Fault.notFound("agent", params.agentID)
            }
            var agent = before
            params.mode.apply(to: &agent.mode)
            params.model.apply(to: &agent.model)
            params.systemPrompt.apply(to: &agent.systemPrompt)
            if let servers = params.mcpServers { agent.mcpServers = servers }
            guard agent != before else { return before }
            agent.updatedAt = .now
            try transaction.setAgentSettings(agent)
            try transaction.publish(agent: agent.id, in: project, status: "updated", &wakes)
            return agent
        }
    }

    private static func check(_ params: CreateAgent.Params) throws(Fault) {
        let known = AgentCatalogue.all.map(\.id)
        guard known.contains(params.agentType) else {
            throw .invalidParams(
                "There is no agent type '\(params.agentType)'.",
                pointer: "/agentType",
                rule: "enum",
                expected: known.joined(separator: ", "),
                got: params.agentType,
                hint: "Any other program that speaks ACP is type 'custom' with a command."
            )
        }
        let needsCommand = params.agentType == "custom"
        guard needsCommand == (params.command?.isEmpty == false) else {
            throw .invalidParams(
                needsCommand ? "A custom agent needs a command." : "Only a custom agent takes a command.",
                pointer: "/command",
                rule: needsCommand ? "required" : "unexpected"
            )
        }
        try MCPServerCheck.check(params.mcpServers ?? [])
    }

    /// `agent.get`: with whether it can work.
    package func get(_ params: GetAgent.Params, _ call: Call) async throws(Fault) -> Agent {
        let project = params.projectID ?? .local
        guard var agent = try await ledger.read({ try $0.agent(params.agentID, in: project) }) else {
            throw .notFound("agent", params.agentID)
        }
        agent.state = try await AgentReadiness(ledger: ledger, providers: providers).state(of: agent)
        return agent
    }

    /// `agent.delete`: its sessions lose it; the oldest remaining agent becomes default when it was.
    package func delete(_ params: DeleteAgent.Params, _ call: Call) async throws(Fault) -> Empty {
        let project = params.projectID ?? .local
        try await ledger.write { transaction, wakes in
            guard try transaction.agent(params.agentID, in: project) != nil else {
                throw Fault.notFound("agent", params.agentID)
            }
            let earlier = try transaction.defaultAgent(in: project)?.id
            try transaction.deleteAgent(params.agentID)
            try transaction.publish(agent: params.agentID, in: project, status: "removed", &wakes)
            try transaction.publishDefault(in: project, afterChangeOf: params.agentID, earlier: earlier, &wakes)
        }
        return Empty()
    }

    /// `agent.setDefault`.
    package func setDefault(_ params: SetDefaultAgent.Params, _ call: Call) async throws(Fault) -> Agent {
        let project = params.projectID ?? .local
        return try await ledger.write { transaction, wakes in
            guard let before = try transaction.agent(params.agentID, in: project) else {
                throw Fault.notFound("agent", params.agentID)
            }
            guard !before.isDefault else { return before }
            let earlier = try transaction.defaultAgent(in: project)?.id
            try transaction.setDefaultAgent(params.agentID, in: project)
            try transaction.publish(agent: params.agentID, in: project, status: "updated", &wakes)
            try transaction.publishDefault(in: project, afterChangeOf: params.agentID, earlier: earlier, &wakes)
            guard let agent = try transaction.agent(params.agentID, in: project) else {
                throw Fault.notFound("agent", params.agentID)
            }
            return agent
        }
    }
}

extension StoreTransaction {
    /// Announces the agents besides `changed` that are the default now or were it before.
    fileprivate func publishDefault(
        in project: ProjectID,
        afterChangeOf changed: AgentID,
        earlier: AgentID?,
        _ wakes: inout Wakes
    ) throws {
        let present = try defaultAgent(in: project)?.id
        guard present != earlier else { return }
        for id in [earlier, present].compactMap({ $0 }) where id != changed {
            guard try agent(id, in: project) != nil else { continue }
            try publish(agent: id, in: project, status: "updated", &wakes)
        }
    }
}

extension Patch {
    /// What becomes of a value that may be absent.
    fileprivate func apply(to value: inout Value?) {
        switch self {
        case .absent: break
        case .null: value = nil
        case .value(let new): value = new
        }
    }
}
