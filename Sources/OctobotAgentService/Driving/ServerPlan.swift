import AgentClientProtocol
import SandboxAgentAPI

/// The MCP servers an agent can be told about, and what has to be said of the others (acp.md §7).
struct ServerPlan: Sendable, Equatable {
    var entries: [MCPServerEntry] = []
    /// For the person, one line each.
    var warnings: [String] = []

    /// - Parameters:
    ///   - agent: The agent's name for people.
    ///   - path: The `PATH` programs are looked up on, since the agent wants them absolute.
    ///   - directory: Where paths that are not absolute start from.
    init(
        _ servers: [AgentSettings.Server],
        for agent: String,
        with capabilities: AgentCapabilities,
        path: String?,
        directory: String
    ) {
        for server in servers {
            switch server.access {
            case .program(let command, let arguments, let environment):
                do throws(HandRefusal) {
                    let file = try ProgramFile.find(command, path: path, directory: directory)
                    let access = MCPServerEntry.Access.stdio(
                        command: file,
                        args: arguments,
                        env: environment.map(MCPServerEntry.Variable.init)
                    )
                    entries.append(MCPServerEntry(name: server.name, access: access))
                } catch {
                    leaveOut(server, "its program '\(command)' is not in the sandbox.")
                }
            case .http(let url, let headers):
                guard capabilities.reachesHTTPServers else {
                    leaveOut(server, "\(agent) does not reach MCP servers over http.")
                    continue
                }
                let access = MCPServerEntry.Access.http(url: url, headers: headers.map(MCPServerEntry.Variable.init))
                entries.append(MCPServerEntry(name: server.name, access: access))
            case .sse(let url, let headers):
                guard capabilities.reachesSSEServers else {
                    leaveOut(server, "\(agent) does not reach MCP servers over sse.")
                    continue
                }
                let access = MCPServerEntry.Access.sse(url: url, headers: headers.map(MCPServerEntry.Variable.init))
                entries.append(MCPServerEntry(name: server.name, access: access))
            }
        }
    }

    private mutating func leaveOut(_ server: AgentSettings.Server, _ reason: String) {
        warnings.append("The MCP server '\(server.name)' is left out: \(reason)\n")
    }
}

extension MCPServerEntry.Variable {
    init(_ variable: AgentSettings.Variable) {
        self.init(name: variable.name, value: variable.value)
    }
}
