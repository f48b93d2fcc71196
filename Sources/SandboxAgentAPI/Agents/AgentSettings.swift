/// How the coding agent is set up; comes with every prompt, since it may have been changed between two.
///
/// It holds opened secrets: like the credentials it is never logged and never written to disk.
package struct AgentSettings: Sendable, Codable, Equatable {
    /// A value with a name, as ACP has it in `env` and `headers`.
    package struct Variable: Sendable, Codable, Equatable {
        package var name: String
        package var value: String
        /// Whether it must not be seen by people, in errors least of all.
        package var isSecret: Bool

        package init(name: String, value: String, isSecret: Bool) {
            self.name = name
            self.value = value
            self.isSecret = isSecret
        }
    }

    /// How the agent reaches an MCP server.
    package enum Access: Sendable, Codable, Equatable {
        /// The agent starts a program; a name without `/` is looked up on the sandbox's PATH.
        case program(command: String, arguments: [String], environment: [Variable])
        case http(url: String, headers: [Variable])
        case sse(url: String, headers: [Variable])

        var variables: [Variable] {
            switch self {
            case .program(_, _, let environment): environment
            case .http(_, let headers), .sse(_, let headers): headers
            }
        }
    }

    /// An MCP server the agent is told about.
    package struct Server: Sendable, Codable, Equatable {
        package var name: String
        package var access: Access

        package init(name: String, access: Access) {
            self.name = name
            self.access = access
        }
    }

    /// The mode of the session; the agent's own when absent.
    package var mode: String?
    package var systemPrompt: String?
    package var mcpServers: [Server]

    package init(mode: String? = nil, systemPrompt: String? = nil, mcpServers: [Server] = []) {
        self.mode = mode
        self.systemPrompt = systemPrompt
        self.mcpServers = mcpServers
    }

    /// What must not be seen by people.
    package var secrets: [String] { mcpServers.flatMap(\.access.variables).filter(\.isSecret).map(\.value) }
}
