package import JSONText

/// The news of one `session/update` (acp.md §9.3).
package enum SessionUpdate: Sendable, Equatable {
    case agentMessage(ContentBlock, messageID: String?)
    case agentThought(ContentBlock, messageID: String?)
    /// Only meaningful in a replay.
    case userMessage
    case toolCall(ToolCallUpdate)
    /// A piece of the text of a call's input, before the whole is known; ACP itself has none.
    case toolInput(id: String, delta: String)
    /// Replaces the whole plan.
    case plan(entries: [JSONValue])
    case availableCommands([String])
    case configOptions([ConfigOption])
    /// The session is in another mode now.
    case mode(String)
    case usage(JSONValue)
    /// What the agent calls the conversation; `nil` takes the title back.
    case title(String?)
    /// A message of another protocol that is not known, as it came.
    case unknown(JSONValue)
    /// Known and without consequence here, or unknown.
    case ignored(String)

    package init(_ json: JSONValue) {
        let kind = json["sessionUpdate"]?.stringValue ?? ""
        let block = json["content"].flatMap(ContentBlock.init)
        let messageID = json["messageId"]?.stringValue
        switch kind {
        case "agent_message_chunk":
            self = block.map { .agentMessage($0, messageID: messageID) } ?? .ignored(kind)
        case "agent_thought_chunk":
            self = block.map { .agentThought($0, messageID: messageID) } ?? .ignored(kind)
        case "user_message_chunk":
            self = .userMessage
        case "tool_call", "tool_call_update":
            self = ToolCallUpdate(json).map(SessionUpdate.toolCall) ?? .ignored(kind)
        case "plan":
            self = .plan(entries: json["entries"]?.arrayValue ?? [])
        case "available_commands_update":
            let commands = json["availableCommands"]?.arrayValue ?? []
            self = .availableCommands(commands.compactMap { $0["name"]?.stringValue })
        case "config_option_update":
            self = .configOptions((json["configOptions"]?.arrayValue ?? []).compactMap(ConfigOption.init))
        case "current_mode_update":
            // One page of the documentation has it as `modeId`.
            let mode = json["currentModeId"] ?? json["modeId"]
            self = mode?.stringValue.map(SessionUpdate.mode) ?? .ignored(kind)
        case "usage_update":
            var usage = json.objectValue ?? [:]
            usage = usage.filter { ["used", "size", "cost"].contains($0.key) && !$0.value.isNull }
            self = .usage(.object(usage))
        case "session_info_update":
            // An absent title changes none, a null one takes it back.
            self = json["title"].map { .title($0.stringValue) } ?? .ignored(kind)
        default:
            self = .ignored(kind)
        }
    }

    /// The `update` member of the notification; `nil` for what is never sent.
    package var json: JSONValue? {
        switch self {
        case .agentMessage(let block, let messageID):
            Self.message("agent_message_chunk", block, messageID)
        case .agentThought(let block, let messageID):
            Self.message("agent_thought_chunk", block, messageID)
        case .toolCall(let call):
            Self.merge("tool_call_update", call.json)
        case .plan(let entries):
            ["sessionUpdate": "plan", "entries": .array(entries)]
        case .availableCommands(let names):
            [
                "sessionUpdate": "available_commands_update",
                "availableCommands": .array(names.map { ["name": .string($0), "description": .string($0)] }),
            ]
        case .configOptions(let options):
            ["sessionUpdate": "config_option_update", "configOptions": .array(options.map(\.json))]
        case .mode(let id):
            ["sessionUpdate": "current_mode_update", "currentModeId": .string(id)]
        case .usage(let usage):
            Self.merge("usage_update", usage)
        case .title(let title):
            ["sessionUpdate": "session_info_update", "title": title.map(JSONValue.string) ?? .null]
        case .userMessage, .toolInput, .unknown, .ignored:
            nil
        }
    }

    private static func message(_ kind: String, _ block: ContentBlock, _ messageID: String?) -> JSONValue {
        var members: [String: JSONValue] = ["sessionUpdate": .string(kind), "content": block.json]
        members["messageId"] = messageID.map(JSONValue.string)
        return .object(members)
    }

    private static func merge(_ kind: String, _ json: JSONValue) -> JSONValue {
        var members = json.objectValue ?? [:]
        members["sessionUpdate"] = .string(kind)
        return .object(members)
    }
}
