import AgentClientProtocol
import JSONText

/// The `update` members of `session/update` that an agent sends (acp.md §9.3).
enum EditorUpdate {
    static func chunk(_ kind: String, _ block: ContentBlock, id: String?) -> JSONValue {
        var members: [String: JSONValue] = ["sessionUpdate": .string(kind), "content": block.json]
        members["messageId"] = id.map(JSONValue.string)
        return .object(members)
    }

    /// A piece of the agent's message.
    static func message(_ block: ContentBlock, id: String?) -> JSONValue { chunk("agent_message_chunk", block, id: id) }

    /// A piece of a prompt.
    static func prompt(_ block: ContentBlock, id: String?) -> JSONValue { chunk("user_message_chunk", block, id: id) }

    /// The whole plan; entries that lack what the protocol asks for get it.
    static func plan(_ entries: [JSONValue]) -> JSONValue {
        let known = entries.map { entry -> JSONValue in
            let priority = entry["priority"]?.stringValue ?? ""
            let status = entry["status"]?.stringValue ?? ""
            return [
                "content": .string(entry["content"]?.stringValue ?? ""),
                "priority": .string(["high", "low"].contains(priority) ? priority : "medium"),
                "status": .string(["in_progress", "completed"].contains(status) ? status : "pending"),
            ]
        }
        return ["sessionUpdate": "plan", "entries": .array(known)]
    }

    /// The commands, given as names or as objects with name and description.
    static func commands(_ commands: [JSONValue]) -> JSONValue {
        let known = commands.compactMap { command -> JSONValue? in
            guard let name = command.stringValue ?? command["name"]?.stringValue else { return nil }
            let description = command["description"]?.stringValue ?? "/\(name)"
            return ["name": .string(name), "description": .string(description)]
        }
        return ["sessionUpdate": "available_commands_update", "availableCommands": .array(known)]
    }

    static func title(_ title: String, updatedAt: String) -> JSONValue {
        ["sessionUpdate": "session_info_update", "title": .string(title), "updatedAt": .string(updatedAt)]
    }
}
