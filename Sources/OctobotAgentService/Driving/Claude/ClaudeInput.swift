import AgentClientProtocol
import JSONText

/// What Claude Code is told.
enum ClaudeInput {
    /// The person's message.
    ///
    /// One text goes as it is, so that a slash command is known as one.
    static func message(_ blocks: [ContentBlock]) -> JSONValue {
        let content: JSONValue =
            if blocks.count == 1, case .text(let text) = blocks[0] {
                .string(text)
            } else {
                .array(blocks.map(block))
            }
        return [
            "type": "user", "message": ["role": "user", "content": content], "parent_tool_use_id": .null,
            "session_id": "default",
        ]
    }

    private static func block(_ block: ContentBlock) -> JSONValue {
        switch block {
        case .text(let text): text.isEmpty ? textBlock(" ") : textBlock(text)
        case .image(let data, let mimeType, _):
            [
                "type": "image",
                "source": ["type": "base64", "media_type": .string(mimeType), "data": .string(data)],
            ]
        case .textResource(let uri, let text, _):
            textBlock("<context ref=\"\(uri)\">\n\(text)\n</context>")
        case .resourceLink(let uri, let name, _, _):
            uri.hasPrefix("file://") ? textBlock("@\(uri.dropFirst("file://".count))") : textBlock("[\(name)](\(uri))")
        case .audio(_, let mimeType): textBlock("[\(mimeType)]")
        case .blobResource(let uri, _, _): textBlock("[\(uri)]")
        }
    }

    private static func textBlock(_ text: String) -> JSONValue { ["type": "text", "text": .string(text)] }

    /// The request `mcp_set_servers`, which keeps what is secret in it out of the command line and off the disk.
    static func servers(_ entries: [MCPServerEntry]) -> JSONValue {
        var servers: [String: JSONValue] = [:]
        for entry in entries {
            servers[entry.name] =
                switch entry.access {
                case .stdio(let command, let args, let env):
                    [
                        "type": "stdio", "command": .string(command), "args": .array(args.map(JSONValue.string)),
                        "env": variables(env),
                    ]
                case .http(let url, let headers):
                    ["type": "http", "url": .string(url), "headers": variables(headers)]
                case .sse(let url, let headers):
                    ["type": "sse", "url": .string(url), "headers": variables(headers)]
                }
        }
        return ["subtype": "mcp_set_servers", "servers": .object(servers)]
    }

    private static func variables(_ variables: [MCPServerEntry.Variable]) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for variable in variables { members[variable.name] = .string(variable.value) }
        return .object(members)
    }
}
