import AgentClientProtocol
import JSONText
import SandboxAgentAPI

/// What a Codex thread is opened with, new or taken up again.
struct CodexSetup: Sendable {
    var setup: SessionSetup
    var approvalPolicy: JSONValue
    /// Whether the person's own configuration chooses the model provider.
    var hasOwnProvider: Bool
    var environment: [String: String]
    /// Names of variables that may carry the API key, first choice first.
    var keyVariables: [String]

    /// The name of the model provider of ours.
    static let provider = "octobot"

    /// The params of `thread/start`; with an id, of `thread/resume`.
    func params(_ threadID: String? = nil) -> JSONValue {
        // A snapshot is a file with the whole environment, the key included.
        var config: [String: JSONValue] = ["features.shell_snapshot": false]
        if let provider {
            config["model_provider"] = .string(Self.provider)
            config["model_providers.\(Self.provider)"] = provider
        }
        if !setup.mcpServers.isEmpty {
            let servers = setup.mcpServers.map { ($0.name, Self.server($0.access)) }
            config["mcp_servers"] = .object(Dictionary(servers) { $1 })
        }
        var members: [String: JSONValue] = [
            "cwd": .string(setup.cwd), "approvalPolicy": approvalPolicy,
            // The sandbox is ours; a second one inside it would find no namespaces to make.
            "sandbox": "danger-full-access",
            "config": .object(config),
        ]
        members["developerInstructions"] = setup.meta["systemPrompt"]?["append"]
        if let threadID {
            members["threadId"] = .string(threadID)
            members["excludeTurns"] = true
        }
        return .object(members)
    }

    /// OpenAI with the key in its environment variable, so that it is written nowhere; `nil` leaves it to Codex, which
    /// may be logged in or configured by the person.
    ///
    /// Codex's built-in provider takes a key only from its login file and knows no `OPENAI_BASE_URL`.
    private var provider: JSONValue? {
        guard !hasOwnProvider else { return Optional.none }
        let key = keyVariables.first { environment[$0]?.isEmpty == false }
        let address = environment["OPENAI_BASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
        guard key != nil || address != nil else { return Optional.none }
        var members: [String: JSONValue] = [
            "name": "OpenAI", "wire_api": "responses",
            "base_url": .string(address ?? "https://api.openai.com/v1"),
        ]
        members["env_key"] = key.map(JSONValue.string)
        return .object(members)
    }

    private static func server(_ access: MCPServerEntry.Access) -> JSONValue {
        switch access {
        case .stdio(let command, let args, let env):
            [
                "command": .string(command), "args": .array(args.map(JSONValue.string)),
                "env": variables(env),
            ]
        case .http(let url, let headers), .sse(let url, let headers):
            ["url": .string(url), "http_headers": variables(headers)]
        }
    }

    private static func variables(_ list: [MCPServerEntry.Variable]) -> JSONValue {
        .object(Dictionary(list.map { ($0.name, .string($0.value)) }) { $1 })
    }
}

/// The parts of a prompt as the app server's `UserInput`.
enum CodexInput {
    static func json(_ blocks: [ContentBlock]) -> JSONValue { .array(blocks.map(json)) }

    private static func json(_ block: ContentBlock) -> JSONValue {
        switch block {
        case .text(let text): self.text(text)
        case .image(let data, let mimeType, _):
            ["type": "image", "url": .string("data:\(mimeType);base64,\(data)")]
        case .textResource(let uri, let text, _): self.text("\(uri):\n\n\(text)")
        case .resourceLink(let uri, let name, _, _): text("[\(name)](\(uri))")
        case .audio(let data, let mimeType):
            ["type": "audio", "url": .string("data:\(mimeType);base64,\(data)")]
        case .blobResource(let uri, _, _): text(uri)
        }
    }

    private static func text(_ text: String) -> JSONValue { ["type": "text", "text": .string(text)] }
}
