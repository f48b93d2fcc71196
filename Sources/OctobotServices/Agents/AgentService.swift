package import OctobotAPI
package import OctobotModel
import OctobotStore
import SandboxAgentAPI

/// The agents of a project and the types there are (`agent.*`).
package struct AgentService: Sendable {
    private let ledger: Ledger
    /// Finds a command on this machine's PATH.
    private let locate: @Sendable (String) -> String?

    package init(ledger: Ledger, locate: @escaping @Sendable (String) -> String?) {
        self.ledger = ledger
        self.locate = locate
    }

    /// `agent.types`.
    package func types(_ params: ListAgentTypes.Params, _ call: Call) async throws(Fault) -> Page<AgentType> {
        Page(items: AgentTypes.all(locate: locate))
    }

    /// `agent.authProviders`.
    package func authProviders(
        _ params: ListAuthProviders.Params,
        _ call: Call
    ) async throws(Fault) -> Page<AuthProvider> {
        Page(items: AuthProviders.all)
    }

    /// `agent.models`: those of the providers with credentials, of which there are none yet (rest-api.md §19).
    package func models(_ params: ListAgentModels.Params, _ call: Call) async throws(Fault) -> Page<AgentModel> {
        _ = try await get(params, call)
        return Page(items: [])
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
            if try transaction.agent(id, in: nil) != nil {
                throw Fault(.alreadyExists, "There is an agent '\(id)' already.")
            }
            let project = params.projectID ?? .local
            let agent = try transaction.insertAgent(
                Agent(
                    id: id,
                    projectID: project,
                    agentType: params.agentType,
                    command: params.command,
                    isDefault: params.isDefault ?? false,
                    createdAt: now,
                    updatedAt: now
                )
            )
            try transaction.publish(agent: id, in: project, status: "created", &wakes)
            return agent
        }
    }

    private static func check(_ params: CreateAgent.Params) throws(Fault) {
        let known = AgentTypes.all(locate: { _ in nil }).map(\.id)
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
    }

    /// `agent.get`.
    package func get(_ params: GetAgent.Params, _ call: Call) async throws(Fault) -> Agent {
        let project = params.projectID ?? .local
        guard let agent = try await ledger.read({ try $0.agent(params.agentID, in: project) }) else {
            throw .notFound("agent", params.agentID)
        }
        return agent
    }

    /// `agent.delete`: its sessions lose it; the oldest remaining agent becomes default when it was.
    package func delete(_ params: DeleteAgent.Params, _ call: Call) async throws(Fault) -> Empty {
        let project = params.projectID ?? .local
        try await ledger.write { transaction, wakes in
            guard try transaction.agent(params.agentID, in: project) != nil else {
                throw Fault.notFound("agent", params.agentID)
            }
            try transaction.deleteAgent(params.agentID)
            try transaction.publish(agent: params.agentID, in: project, status: "removed", &wakes)
        }
        return Empty()
    }

    /// `agent.setDefault`.
    package func setDefault(_ params: SetDefaultAgent.Params, _ call: Call) async throws(Fault) -> Agent {
        let project = params.projectID ?? .local
        return try await ledger.write { transaction, wakes in
            guard try transaction.agent(params.agentID, in: project) != nil else {
                throw Fault.notFound("agent", params.agentID)
            }
            try transaction.setDefaultAgent(params.agentID, in: project)
            try transaction.publish(agent: params.agentID, in: project, status: "updated", &wakes)
            guard let agent = try transaction.agent(params.agentID, in: project) else {
                throw Fault.notFound("agent", params.agentID)
            }
            return agent
        }
    }
}
