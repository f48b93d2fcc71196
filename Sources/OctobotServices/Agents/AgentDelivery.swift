import OctobotModel
import OctobotStore
import SandboxAgentAPI

/// What a turn's agent is told beside the prompt.
struct AgentDelivery: Sendable {
    var settings: AgentSettings
    /// The model of prompts that name none.
    var model: String?
}

extension CredentialDelivery {
    /// How the session's agent is set up now; the secrets its MCP servers refer to are opened for this one time.
    ///
    /// - Returns: `nil` for a session without an agent.
    /// - Throws: `invalidState` for a reference to a credential the project does not have or that cannot be opened.
    func agent(of session: SessionID) async throws(Fault) -> AgentDelivery? {
        let found = try await ledger.read { reader -> Agent? in
            guard let session = try reader.session(session, in: nil), let id = session.agentID else { return nil }
            return try reader.agent(id, in: session.projectID)
        }
        guard let agent = found else { return nil }
        var servers: [AgentSettings.Server] = []
        for server in agent.mcpServers { servers.append(try await opened(server, in: agent.projectID)) }
        return AgentDelivery(
            settings: AgentSettings(mode: agent.mode, systemPrompt: agent.systemPrompt, mcpServers: servers),
            model: agent.model
        )
    }

    private func opened(_ server: MCPServer, in project: ProjectID) async throws(Fault) -> AgentSettings.Server {
        let access: AgentSettings.Access
        switch server.transport {
        case .stdio:
            access = .program(
                command: server.command ?? "",
                arguments: server.args ?? [],
                environment: try await opened(server.env ?? [], of: server, in: project)
            )
        case .http:
            let headers = try await opened(server.headers ?? [], of: server, in: project)
            access = .http(url: server.url ?? "", headers: headers)
        case .sse:
            let headers = try await opened(server.headers ?? [], of: server, in: project)
            access = .sse(url: server.url ?? "", headers: headers)
        }
        return AgentSettings.Server(name: server.name, access: access)
    }

    private func opened(
        _ variables: [MCPVariable],
        of server: MCPServer,
        in project: ProjectID
    ) async throws(Fault) -> [AgentSettings.Variable] {
        var opened: [AgentSettings.Variable] = []
        for variable in variables {
            guard let provider = variable.credential else {
                opened.append(.init(name: variable.name, value: variable.value ?? "", isSecret: false))
                continue
            }
            guard let credential = try await vault.credential(for: provider, in: project) else {
                throw .invalidState(
                    """
                    The agent's MCP server '\(server.name)' needs the credential '\(provider)', which this project \
                    does not have.
                    """,
                    reason: "credential.missing",
                    state: "missing",
                    hint: "Set the credential, or change the agent's MCP servers."
                )
            }
            let secret = await refreshing.current(credential).secret.value
            opened.append(.init(name: variable.name, value: (variable.prefix ?? "") + secret, isSecret: true))
        }
        return opened
    }
}
