/// A server of the Model Context Protocol that an agent is told about when its session is opened (acp.md §7).
///
/// Octobot starts and reaches none of them; the agent does, inside the sandbox.
package struct MCPServer: Sendable, Codable, Equatable {
    package enum Transport: String, Sendable, Codable, CaseIterable {
        /// A program the agent starts.
        case stdio
        case http
        /// Deprecated by its protocol, still spoken.
        case sse
    }

    /// Tells it from the agent's other servers.
    package var name: String
    package var transport: Transport
    /// The program of ``Transport/stdio``: a path, or a name that is looked up on the sandbox's PATH.
    package var command: String?
    package var args: [String]?
    /// What stands in the program's environment beside the agent's own.
    package var env: [MCPVariable]?
    /// Where a server that is not ``Transport/stdio`` is.
    package var url: String?
    /// Header fields sent with every request to ``url``.
    package var headers: [MCPVariable]?

    /// A program.
    package init(name: String, command: String, args: [String]? = nil, env: [MCPVariable]? = nil) {
        self.name = name
        transport = .stdio
        self.command = command
        self.args = args
        self.env = env
    }

    /// A server that is there already.
    package init(name: String, transport: Transport, url: String, headers: [MCPVariable]? = nil) {
        self.name = name
        self.transport = transport
        self.url = url
        self.headers = headers
    }

    /// The providers whose credentials it needs, in their order, each once.
    package var credentials: [String] {
        var found: [String] = []
        for case let credential? in ((env ?? []) + (headers ?? [])).map(\.credential) where !found.contains(credential)
        {
            found.append(credential)
        }
        return found
    }
}

/// An environment variable or header field of an MCP server.
package struct MCPVariable: Sendable, Codable, Equatable {
    package var name: String
    /// The value in clear; absent with ``credential``.
    package var value: String?
    /// The provider whose credential of the project is the value; its secret is looked up with every turn and stored
    /// nowhere else.
    package var credential: String?
    /// What stands before the secret, such as `Bearer `.
    package var prefix: String?

    /// A value that is no secret.
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// A secret by reference.
    package init(name: String, credential: String, prefix: String? = nil) {
        self.name = name
        self.credential = credential
        self.prefix = prefix
    }
}
