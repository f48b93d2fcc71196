package import JSONText

/// What a session is opened with, new or taken up again (acp.md §6).
package struct SessionSetup: Sendable, Equatable {
    /// The working directory, absolute.
    package var cwd: String
    package var mcpServers: [MCPServerEntry]
    /// What stands in `_meta`, for agents that read something there.
    package var meta: [String: JSONValue]

    package init(cwd: String, mcpServers: [MCPServerEntry] = [], meta: [String: JSONValue] = [:]) {
        self.cwd = cwd
        self.mcpServers = mcpServers
        self.meta = meta
    }

    /// The params, for an existing session with its id.
    func json(_ sessionID: String?) -> JSONValue {
        var members: [String: JSONValue] = [
            "cwd": .string(cwd), "mcpServers": .array(mcpServers.map(\.json)),
        ]
        members["sessionId"] = sessionID.map(JSONValue.string)
        if !meta.isEmpty { members["_meta"] = .object(meta) }
        return .object(members)
    }
}

/// An entry of `mcpServers` (acp.md §7).
package struct MCPServerEntry: Sendable, Equatable {
    package struct Variable: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }

        fileprivate var json: JSONValue { ["name": .string(name), "value": .string(value)] }
    }

    package enum Access: Sendable, Equatable {
        /// A program the agent starts; `command` is absolute.
        case stdio(command: String, args: [String], env: [Variable])
        case http(url: String, headers: [Variable])
        case sse(url: String, headers: [Variable])
    }

    package var name: String
    package var access: Access

    package init(name: String, access: Access) {
        self.name = name
        self.access = access
    }

    package var json: JSONValue {
        switch access {
        case .stdio(let command, let args, let env):
            // Without `type`: it came before there were others.
            [
                "name": .string(name), "command": .string(command), "args": .array(args.map(JSONValue.string)),
                "env": .array(env.map(\.json)),
            ]
        case .http(let url, let headers): Self.remote("http", name, url, headers)
        case .sse(let url, let headers): Self.remote("sse", name, url, headers)
        }
    }

    private static func remote(_ type: String, _ name: String, _ url: String, _ headers: [Variable]) -> JSONValue {
        [
            "type": .string(type), "name": .string(name), "url": .string(url),
            "headers": .array(headers.map(\.json)),
        ]
    }
}
