import AgentClientProtocol
import JSONText

/// Turns what Claude Code writes (`--output-format stream-json`) into updates, without I/O.
///
/// Answers stream as the events of the Messages API, and each of their blocks comes once more as a whole message; what was
/// streamed is not told again. Sub-agents are known by `parent_tool_use_id`: their tools are tools, what they say is
/// thought, since the answer of their tool says it again.
struct ClaudeMapper: Sendable {
    /// A message that is being streamed.
    private struct Stream: Sendable {
        var messageID: String
        /// The tools among its blocks, by their index.
        var tools: [Int64: String] = [:]
    }

    /// By the tool of the sub-agent that speaks, empty for the agent itself.
    private var streams: [String: Stream] = [:]
    /// The messages of this turn whose texts came in pieces.
    private var streamed: Set<String> = []
    /// Calls that are shown otherwise.
    private var hidden: Set<String> = []
    /// The tokens of the newest request of the agent itself.
    private var contextTokens: Int64?

    /// The folder paths in titles are shown relative to.
    let directory: String

    init(directory: String) {
        self.directory = directory
    }

    /// A new turn begins.
    mutating func begin() {
        streams = [:]
        streamed = []
        hidden = []
    }

    /// The updates of one message; a kind that is not known is one as it is.
    mutating func take(_ message: JSONValue) -> [SessionUpdate] {
        let parent = message["parent_tool_use_id"]?.stringValue ?? ""
        switch message["type"]?.stringValue {
        case "stream_event": return event(message["event"] ?? .null, parent)
        case "assistant": return assistant(message, parent)
        case "user": return user(message["message"]?["content"] ?? .null)
        case "system": return system(message)
        case "result": return usage(message).map { [.usage($0)] } ?? []
        case "keep_alive", "tool_progress", "rate_limit_event", "auth_status", "prompt_suggestion",
            "tool_use_summary", "control_response", "control_request", "control_cancel_request":
            return []
        default: return [.unknown(message)]
        }
    }

    private func system(_ message: JSONValue) -> [SessionUpdate] {
        switch message["subtype"]?.stringValue {
        case "init":
            let commands = (message["slash_commands"]?.arrayValue ?? []).compactMap(\.stringValue)
            return [.availableCommands(commands)]
        case "status", "session_state_changed", "thinking_tokens", "api_retry", "compact_boundary", "hook_started",
            "hook_progress", "hook_response", "task_started", "task_progress", "task_updated", "task_notification",
            "background_tasks_changed", "files_persisted", "commands_changed":
            return []
        default: return [.unknown(message)]
        }
    }
}

// MARK: - What the model says

extension ClaudeMapper {
    private mutating func event(_ event: JSONValue, _ parent: String) -> [SessionUpdate] {
        let index = event["index"]?.integerValue ?? 0
        switch event["type"]?.stringValue {
        case "message_start":
            let id = event["message"]?["id"]?.stringValue ?? ""
            streams[parent] = Stream(messageID: id)
            if parent.isEmpty { note(event["message"]?["usage"]) }
            return []
        case "content_block_start":
            let block = event["content_block"] ?? .null
            guard let id = block["id"]?.stringValue, block["type"]?.stringValue?.hasSuffix("tool_use") == true else {
                return []
            }
            let name = block["name"]?.stringValue ?? ""
            streams[parent]?.tools[index] = id
            guard show(id, name) else { return [] }
            return [.toolCall(ToolCallUpdate(id: id, kind: ClaudeTool.kind(name), status: .pending, toolName: name))]
        case "content_block_delta":
            return delta(event["delta"] ?? .null, index, parent)
        case "message_delta":
            if parent.isEmpty { note(event["usage"]) }
            return []
        default:
            return []
        }
    }

    private mutating func delta(_ delta: JSONValue, _ index: Int64, _ parent: String) -> [SessionUpdate] {
        guard let stream = streams[parent] else { return [] }
        let run = "\(stream.messageID)/\(index)"
        switch delta["type"]?.stringValue {
        case "text_delta":
            streamed.insert(stream.messageID)
            return said(delta["text"]?.stringValue ?? "", run, isThought: !parent.isEmpty)
        case "thinking_delta":
            streamed.insert(stream.messageID)
            return said(delta["thinking"]?.stringValue ?? "", run, isThought: true)
        case "input_json_delta":
            guard let id = stream.tools[index], !hidden.contains(id), let text = delta["partial_json"]?.stringValue,
                !text.isEmpty
            else { return [] }
            return [.toolInput(id: id, delta: text)]
        default:
            return []
        }
    }

    private func said(_ text: String, _ run: String, isThought: Bool) -> [SessionUpdate] {
        guard !text.isEmpty else { return [] }
        return [isThought ? .agentThought(.text(text), messageID: run) : .agentMessage(.text(text), messageID: run)]
    }

    private mutating func assistant(_ message: JSONValue, _ parent: String) -> [SessionUpdate] {
        // Says what went wrong, as the result does.
        guard message["error"]?.stringValue == nil else { return [] }
        let id = message["message"]?["id"]?.stringValue ?? message["uuid"]?.stringValue ?? ""
        var updates: [SessionUpdate] = []
        for (index, block) in (message["message"]?["content"]?.arrayValue ?? []).enumerated() {
            let run = "\(message["uuid"]?.stringValue ?? id)/\(index)"
            switch block["type"]?.stringValue {
            case "text" where !streamed.contains(id):
                updates += said(block["text"]?.stringValue ?? "", run, isThought: !parent.isEmpty)
            case "thinking" where !streamed.contains(id):
                updates += said(block["thinking"]?.stringValue ?? "", run, isThought: true)
            case "tool_use", "server_tool_use", "mcp_tool_use":
                guard let call = block["id"]?.stringValue else { continue }
                let name = block["name"]?.stringValue ?? ""
                guard show(call, name) else { continue }
                let input = block["input"] ?? [:]
                updates.append(.toolCall(ClaudeTool.call(call, name, input, status: .inProgress, directory: directory)))
            case let type? where type.hasSuffix("tool_result"):
                updates += result(block)
            default:
                continue
            }
        }
        return updates
    }

    /// Questions are shown as approvals of their own.
    private mutating func show(_ id: String, _ name: String) -> Bool {
        if name == ClaudeQuestions.tool { hidden.insert(id) }
        return !hidden.contains(id)
    }
}

// MARK: - What tools say, and what it all took

extension ClaudeMapper {
    private static let outputTags = ("<local-command-stdout>", "</local-command-stdout>")

    private func user(_ content: JSONValue) -> [SessionUpdate] {
        if let text = content.stringValue {
            guard text.hasPrefix(Self.outputTags.0), text.hasSuffix(Self.outputTags.1) else { return [] }
            let output = text.dropFirst(Self.outputTags.0.count).dropLast(Self.outputTags.1.count)
            return output.isEmpty ? [] : [.agentMessage(.text(String(output)), messageID: nil)]
        }
        return (content.arrayValue ?? []).flatMap { block in
            block["type"]?.stringValue?.hasSuffix("tool_result") == true ? result(block) : []
        }
    }

    private func result(_ block: JSONValue) -> [SessionUpdate] {
        guard let id = block["tool_use_id"]?.stringValue, !hidden.contains(id) else { return [] }
        let isError = block["is_error"]?.boolValue ?? false
        let update = ToolCallUpdate(
            id: id,
            status: isError ? .failed : .completed,
            content: ClaudeTool.content(block["content"] ?? .null)
        )
        return [.toolCall(update)]
    }

    private mutating func note(_ usage: JSONValue?) {
        guard let usage else { return }
        let names = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens"]
        let known = names.compactMap { usage[$0]?.integerValue }
        if known.count > 1 { contextTokens = known.reduce(0, +) }
    }

    /// The usage of a turn, in the words of ACP; `cost` is the session's.
    private func usage(_ result: JSONValue) -> JSONValue? {
        guard let usage = result["usage"]?.objectValue else { return nil }
        func count(_ name: String) -> JSONValue { .integer(usage[name]?.integerValue ?? 0) }
        var members: [String: JSONValue] = [
            "tokens": [
                "input": count("input_tokens"), "output": count("output_tokens"),
                "cacheRead": count("cache_read_input_tokens"), "cacheWrite": count("cache_creation_input_tokens"),
            ]
        ]
        members["used"] = contextTokens.map(JSONValue.integer)
        let windows = (result["modelUsage"]?.objectValue ?? [:]).values.compactMap { $0["contextWindow"]?.integerValue }
        members["size"] = windows.max().map(JSONValue.integer)
        switch result["total_cost_usd"] {
        case .number, .integer: members["cost"] = ["amount": result["total_cost_usd"] ?? 0, "currency": "USD"]
        default: break
        }
        return .object(members)
    }
}
