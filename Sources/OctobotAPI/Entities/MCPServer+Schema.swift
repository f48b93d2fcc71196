package import OctobotModel

extension MCPServer: ComponentDescribing {
    package static let schemaName = "MCPServer"
    package static let definition = JSONSchema.tagged(
        by: "transport",
        .parameters(
            "stdio",
            .mcpName,
            .required("command", .string(1...4096), "A program: a path, or a name on the sandbox’s PATH."),
            .optional("args", .array(of: .string(0...4096), count: 0...256), "Its arguments."),
            .optional("env", .array(of: .mcpVariable(.variable), count: 0...64), "More variables of its environment.")
        ),
        .parameters("http", .mcpName, .mcpURL, .mcpHeaders),
        .parameters("sse", .mcpName, .mcpURL, .mcpHeaders),
        description: """
            A server of the Model Context Protocol. The agent starts or reaches it, from inside the sandbox.
            """
    )

    /// What the documents show.
    package static let examples = [
        MCPServer(name: "files", command: "mcp-files", args: ["--root", "."]),
        MCPServer(
            name: "issues",
            transport: .http,
            url: "https://mcp.example.org/",
            headers: [MCPVariable(name: "Authorization", credential: "github-copilot", prefix: "Bearer ")]
        ),
    ]
}

extension JSONSchema {
    /// The id of a mode as the agent calls it.
    static let agentMode = string(1...128)
    /// A model as `agent.models` names it, or bare as the agent does.
    static let agentModel = string(1...256)
    static let systemPrompt = bytes(1...(64 << 10))
    static let mcpServers = array(of: .reference(to: MCPServer.self), count: 0...32)

    /// - Parameter names: What a name may be.
    fileprivate static func mcpVariable(_ names: StringPattern) -> JSONSchema {
        JSONSchema(
            .object(
                ObjectRules(
                    members: [
                        .required(
                            "name",
                            JSONSchema(.string(StringRules(length: 1...128, pattern: names))),
                            "What it is called."
                        ),
                        .optional("value", .string(0...8192), "The value in clear, for what is no secret."),
                        .optional("credential", .string(1...64), "The provider whose credential is the value."),
                        .optional(
                            "prefix",
                            .string(1...64),
                            "What stands before the credential’s secret, such as `Bearer `."
                        ),
                    ],
                    openness: .closed,
                    exactlyOne: [["value", "credential"]]
                )
            )
        )
    }
}

extension JSONSchema.Member {
    fileprivate static let mcpName = required(
        "name",
        JSONSchema(.string(JSONSchema.StringRules(length: 1...64, pattern: .mcpServerName))),
        "Tells it from the agent’s other servers."
    )
    fileprivate static let mcpURL = required(
        "url",
        JSONSchema(.string(JSONSchema.StringRules(length: 1...2048, format: .uri))),
        "Where it is: `http` or `https`, without user and password."
    )
    fileprivate static let mcpHeaders = optional(
        "headers",
        .array(of: .mcpVariable(.headerName), count: 0...64),
        "Header fields of every request to it."
    )
}

extension StringPattern {
    static let mcpServerName = StringPattern("^[0-9A-Za-z][0-9A-Za-z_.-]{0,63}$") { text in
        guard let first = text.utf8.first, text.utf8.count <= 64, isLetterOrDigit(first) else { return false }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || "_.-".utf8.contains($0) }
    }

    /// The name of an environment variable (POSIX.1-2017 §8.1).
    static let variable = StringPattern("^[A-Za-z_][0-9A-Za-z_]*$") { text in
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// A token (RFC 9110 §5.6.2).
    static let headerName = StringPattern("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$") { text in
        !text.isEmpty && text.utf8.allSatisfy { isLetterOrDigit($0) || "!#$%&'*+.^_`|~-".utf8.contains($0) }
    }
}
