import AgentClientProtocol
import JSONText

/// Claude Code's own tools, in the words of ACP.
enum ClaudeTool {
    /// What a tool does, by its name.
    static func kind(_ name: String) -> String {
        switch name {
        case "Read", "NotebookRead": "read"
        case "Write", "Edit", "MultiEdit", "NotebookEdit": "edit"
        case "Bash", "BashOutput", "KillShell", "Monitor": "execute"
        case "Glob", "Grep", "LS", "ToolSearch": "search"
        case "WebFetch", "WebSearch": "fetch"
        case "Task", "TodoWrite": "think"
        case "ExitPlanMode", "EnterPlanMode": "switch_mode"
        default: "other"
        }
    }

    /// A call with its whole input.
    static func call(
        _ id: String,
        _ name: String,
        _ input: JSONValue,
        status: ToolCallUpdate.Status?,
        directory: String
    ) -> ToolCallUpdate {
        ToolCallUpdate(
            id: id,
            title: title(name, input, directory),
            kind: kind(name),
            status: status,
            rawInput: input,
            toolName: name
        )
    }

    /// One line for people: the tool and what it is about.
    private static func title(_ name: String, _ input: JSONValue, _ directory: String) -> String {
        let path = (input["file_path"] ?? input["notebook_path"] ?? input["path"])?.stringValue
        let subject =
            path.map { $0.hasPrefix(directory + "/") ? String($0.dropFirst(directory.count + 1)) : $0 }
            ?? (input["command"] ?? input["pattern"] ?? input["url"] ?? input["query"] ?? input["description"])?
            .stringValue
        guard let line = subject?.split(whereSeparator: \.isNewline).first, !line.isEmpty else { return name }
        return "\(name) \(line.prefix(200))"
    }

    /// The content of a result: a text, or blocks of the Messages API.
    static func content(_ content: JSONValue) -> [JSONValue] {
        if let text = content.stringValue { return [item(["type": "text", "text": .string(text)])] }
        return (content.arrayValue ?? []).compactMap { block -> JSONValue? in
            switch block["type"]?.stringValue {
            case "text":
                return item(["type": "text", "text": block["text"] ?? ""])
            case "image":
                guard let data = block["source"]?["data"]?.stringValue else { return Optional.none }
                let type = block["source"]?["media_type"]?.stringValue ?? "image/png"
                return item(["type": "image", "data": .string(data), "mimeType": .string(type)])
            case let type?:
                return item(["type": "text", "text": .string("[\(type)]")])
            case nil:
                return Optional.none
            }
        }
    }

    private static func item(_ block: JSONValue) -> JSONValue { ["type": "content", "content": block] }
}
