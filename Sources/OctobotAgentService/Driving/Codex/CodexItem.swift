import AgentClientProtocol
import JSONText

/// The items of a thread that are tool calls (`ThreadItem` of the app server).
enum CodexItem {
    /// The call an item stands for; `nil` for messages, and for kinds that are not known.
    ///
    /// - Parameter output: What a command has written, for an item that does not tell it.
    static func call(_ item: JSONValue, output: String? = nil) -> ToolCallUpdate? {
        guard let id = item["id"]?.stringValue, !id.isEmpty else { return nil }
        switch item["type"]?.stringValue {
        case "commandExecution": return command(id, item, output)
        case "fileChange":
            return fileChange(id: id, changes: item["changes"]?.arrayValue ?? [], status: status(item))
        case "mcpToolCall": return mcp(id, item)
        case "dynamicToolCall": return dynamic(id, item)
        case "collabAgentToolCall": return agent(id, item)
        case "webSearch":
            let query = item["query"]?.stringValue ?? ""
            return ToolCallUpdate(
                id: id,
                title: query.isEmpty ? "Web search" : "Search the web for \(query)",
                kind: "fetch",
                // It tells no status: its end is told by what it did.
                status: item["action"]?.present == nil ? .inProgress : .completed,
                rawInput: ["query": .string(query)],
                toolName: "WebSearch"
            )
        case "imageView":
            let path = item["path"]?.stringValue ?? ""
            return ToolCallUpdate(
                id: id,
                title: "View \(path)",
                kind: "read",
                status: .completed,
                rawInput: ["path": .string(path)]
            )
        default: return nil
        }
    }

    /// A change of files, its content as differences of before and after.
    static func fileChange(id: String, changes: [JSONValue], status: ToolCallUpdate.Status) -> ToolCallUpdate {
        let paths = changes.compactMap { $0["path"]?.stringValue }
        return ToolCallUpdate(
            id: id,
            title: paths.isEmpty ? "Edit files" : "Edit " + paths.map(name).joined(separator: ", "),
            kind: "edit",
            status: status,
            content: changes.compactMap(CodexDiff.content),
            locations: paths.map { ["path": .string($0)] },
            rawInput: ["changes": .array(changes)]
        )
    }

    /// The command as it was meant, without the shell it is run by.
    static func command(_ item: JSONValue) -> String {
        let actions = item["commandActions"]?.arrayValue ?? []
        if actions.count == 1, let inner = actions[0]["command"]?.stringValue, !inner.isEmpty { return inner }
        return item["command"]?.stringValue ?? ""
    }

    static func status(_ item: JSONValue) -> ToolCallUpdate.Status {
        switch item["status"]?.stringValue {
        case "completed": .completed
        case "failed", "declined": .failed
        default: .inProgress
        }
    }

    private static func command(_ id: String, _ item: JSONValue, _ output: String?) -> ToolCallUpdate {
        let command = command(item)
        var text = item["aggregatedOutput"]?.stringValue ?? output ?? ""
        let status = status(item)
        if status == .failed {
            let end = item["exitCode"]?.integerValue.map { "Exit status \($0)" }
            let reason = item["status"] == "declined" ? "Declined" : end ?? "The command failed"
            text += (text.isEmpty || text.hasSuffix("\n") ? "" : "\n") + reason
        }
        var result: [String: JSONValue] = ["output": .string(text)]
        result["exitCode"] = item["exitCode"]?.present
        return ToolCallUpdate(
            id: id,
            title: command,
            kind: "execute",
            status: status,
            rawInput: ["command": .string(command), "cwd": item["cwd"] ?? .null],
            rawOutput: status == .inProgress ? Optional.none : .object(result)
        )
    }

    private static func mcp(_ id: String, _ item: JSONValue) -> ToolCallUpdate {
        let server = item["server"]?.stringValue ?? ""
        let tool = item["tool"]?.stringValue ?? ""
        var content = (item["result"]?["content"]?.arrayValue ?? []).map { block -> JSONValue in
            ["type": "content", "content": block]
        }
        if let message = item["error"]?["message"]?.stringValue { content.append(text(message)) }
        return ToolCallUpdate(
            id: id,
            title: "\(server): \(tool)",
            kind: "other",
            status: status(item),
            content: content.isEmpty ? nil : content,
            rawInput: item["arguments"]?.present,
            rawOutput: item["result"]?["structuredContent"]?.present,
            toolName: "mcp__\(server)__\(tool)"
        )
    }

    private static func dynamic(_ id: String, _ item: JSONValue) -> ToolCallUpdate {
        let tool = item["tool"]?.stringValue ?? "Tool"
        let texts = (item["contentItems"]?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }
        return ToolCallUpdate(
            id: id,
            title: tool,
            kind: "other",
            status: status(item),
            content: texts.isEmpty ? nil : texts.map(text),
            rawInput: item["arguments"]?.present,
            toolName: tool
        )
    }

    private static func agent(_ id: String, _ item: JSONValue) -> ToolCallUpdate {
        var input: [String: JSONValue] = ["action": item["tool"] ?? .null]
        input["prompt"] = item["prompt"]?.present
        input["agents"] = item["receiverThreadIds"]?.present
        return ToolCallUpdate(
            id: id,
            title: item["prompt"]?.stringValue ?? item["tool"]?.stringValue,
            kind: "other",
            status: status(item),
            rawInput: .object(input),
            rawOutput: item["agentsStates"]?.present,
            toolName: "Agent"
        )
    }

    private static func text(_ text: String) -> JSONValue {
        ["type": "content", "content": ["type": "text", "text": .string(text)]]
    }

    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
