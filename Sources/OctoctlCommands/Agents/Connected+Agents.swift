import OctobotAPI
import OctobotClient
import OctobotModel

extension Connected {
    /// The agent a new session gets (decision 62).
    ///
    /// - Parameter text: An id, or a type, of which an agent is created when there is none; `nil` for the default.
    /// - Returns: `nil` where the daemon takes the project's default.
    func agent(_ text: String?) async throws -> AgentID? {
        let agents = try await agents()
        if let text, let agent = Self.choose(text, from: agents) { return agent.id }
        if text == nil, agents.contains(where: \.isDefault) { return nil }
        let types = try await client.call(ListAgentTypes.self, ListAgentTypes.Params(projectID: project)).items
        guard let text else { throw Self.noAgent(types) }
        guard let type = types.first(where: { $0.id == text }) else {
            throw Failure(
                "There is no agent and no agent type '\(text)'.",
                hint: "'octoctl agent types' shows the types.",
                status: .notFound
            )
        }
        guard type.command != nil || type.id == "demo" else {
            throw Failure(
                "An agent of type '\(text)' needs a command.",
                hint: "octoctl agent create \(text) -- PROGRAM ARGUMENTS",
                status: .usage
            )
        }
        console.note("New agent of type \(TerminalText.line(text)).", .dim)
        return try await client.call(CreateAgent.self, CreateAgent.Params(projectID: project, agentType: text)).id
    }

    /// An agent there is already: by id, else by type, else the project's default.
    func existingAgent(_ text: String?) async throws -> AgentID {
        let agents = try await agents()
        let found = text.map { Self.choose($0, from: agents) } ?? agents.first(where: \.isDefault)
        guard let found else {
            throw Failure(
                text.map { "There is no agent '\($0)'." } ?? "The project has no agent yet.",
                hint: "'octoctl agent list' shows the agents.",
                status: .notFound
            )
        }
        return found.id
    }

    private func agents() async throws -> [Agent] {
        let project = project
        return try await client.pages(ListAgents.self) { cursor in
            ListAgents.Params(projectID: project, limit: Self.pageSize, cursor: cursor)
        }
    }

    /// An agent by id, else one of the type: the default, else the oldest.
    static func choose(_ text: String, from agents: [Agent]) -> Agent? {
        if let named = agents.first(where: { $0.id.rawValue == text }) { return named }
        let candidates = agents.filter { $0.agentType == text }
        return candidates.first(where: \.isDefault) ?? candidates.first
    }

    /// Names what could be used.
    static func noAgent(_ types: [AgentType]) -> Failure {
        let installed = types.filter { $0.installed == true && $0.id != "demo" }.map(\.id)
        let choices = (installed + ["demo"]).joined(separator: ", ")
        return Failure(
            "The project has no agent yet. Say which with --agent: \(choices).",
            hint: "'demo' is built in and needs no model; 'octoctl agent types' shows all types.",
            status: .usage
        )
    }
}
