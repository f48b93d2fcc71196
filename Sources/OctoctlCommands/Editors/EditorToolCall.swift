import AgentClientProtocol
import JSONText

/// A tool call of the sandbox as an editor shows it (acp.md §9.4, §18.3, §18.4).
struct EditorToolCall: Sendable, Equatable {
    let id: String
    var name = "Tool"
    var title: String?
    var input: JSONValue?
    var status = ToolCallUpdate.Status.pending
    private var output: JSONValue?
    private var failure: String?

    init(id: String) { self.id = id }

    mutating func take(output: JSONValue, isFinal: Bool) {
        self.output = output
        failure = nil
        status = isFinal ? .completed : .inProgress
    }

    mutating func fail(_ text: String) {
        failure = text
        status = .failed
    }

    /// The update that says all that is known; the first of a call announces it.
    func update(isNew: Bool, _ paths: EditorPaths) -> JSONValue {
        var members: [String: JSONValue] = [
            "sessionUpdate": isNew ? "tool_call" : "tool_call_update", "toolCallId": .string(id),
            "title": .string(label), "kind": .string(kind), "status": .string(status.rawValue),
        ]
        members["rawInput"] = input
        members["rawOutput"] = output
        let content = content(paths)
        if !content.isEmpty { members["content"] = .array(content) }
        let locations = locations(paths)
        if !locations.isEmpty { members["locations"] = .array(locations) }
        return .object(members)
    }

    /// What a permission request says about the call it is for.
    func mention(_ question: String, _ paths: EditorPaths) -> JSONValue {
        var members: [String: JSONValue] = [
            "toolCallId": .string(id), "title": .string(name == ToolCall.question ? question : label),
            "kind": .string(kind), "status": "pending",
        ]
        members["rawInput"] = input
        let content = content(paths)
        members["content"] = .array(content.isEmpty ? [Self.text(question)] : content)
        return .object(members)
    }

    /// What it is called for people.
    var label: String {
        if let title, !title.isEmpty { return title }
        if let question = input?["questions"]?.arrayValue?.first?["question"]?.stringValue { return question }
        return ToolCall(name: name, input: input).summary
    }

    /// The kind an editor has a sign for.
    var kind: String {
        switch name.lowercased() {
        case "read", "notebookread", "ls", "list", "view": "read"
        case "edit", "multiedit", "write", "notebookedit", "applypatch", "apply_patch", "file_change": "edit"
        case "delete": "delete"
        case "move": "move"
        case "grep", "glob", "search", "websearch", "web_search": "search"
        case "bash", "shell", "exec", "execute", "command", "command_execution": "execute"
        case "think", "task", "agent", "todowrite": "think"
        case "webfetch", "fetch": "fetch"
        case "switchmode", "exitplanmode": "switch_mode"
        default: "other"
        }
    }
}

// MARK: - Content

extension EditorToolCall {
    private static func text(_ text: String) -> JSONValue {
        ["type": "content", "content": ContentBlock.text(text).json]
    }

    private func content(_ paths: EditorPaths) -> [JSONValue] {
        if let failure { return [Self.text(failure)] }
        let own = (output?["content"]?.arrayValue ?? []).compactMap { Self.item($0, paths) }
        let text = output?.stringValue ?? output?["text"]?.stringValue ?? ""
        let hasText = own.contains { $0["content"]?["type"] == "text" }
        let said = text.isEmpty || hasText ? own : own + [Self.text(text)]
        // A tool that says only "done" leaves the change to its input.
        return own.contains { $0["type"] == "diff" } ? said : changes(paths) + said
    }

    /// An item of the agent's own content, with the editor's paths; `nil` for what the editor cannot show.
    private static func item(_ item: JSONValue, _ paths: EditorPaths) -> JSONValue? {
        switch item["type"]?.stringValue {
        case "diff":
            guard let path = item["path"]?.stringValue, let new = item["newText"]?.stringValue else { return nil }
            return diff(path, old: item["oldText"]?.stringValue, new: new, paths)
        case "content":
            return item["content"].flatMap(ContentBlock.init).map { ["type": "content", "content": $0.json] }
        case "terminal": return nil
        default: return ContentBlock(item).map { ["type": "content", "content": $0.json] }
        }
    }

    /// A change to a file; one outside of the workspace is told, for the editor has no such file.
    private static func diff(_ path: String, old: String?, new: String, _ paths: EditorPaths) -> JSONValue {
        guard let path = paths.toEditor(path) else { return text("\(path) in the sandbox:\n\(new)") }
        var members: [String: JSONValue] = ["type": "diff", "path": .string(path), "newText": .string(new)]
        members["oldText"] = old.map(JSONValue.string)
        return .object(members)
    }

    /// The changes the input of an editing tool asks for.
    private func changes(_ paths: EditorPaths) -> [JSONValue] {
        guard kind == "edit", let input else { return [] }
        let given = (input["diffs"]?.arrayValue ?? []).compactMap { Self.item($0, paths) }
        guard given.isEmpty, let path = input["file_path"]?.stringValue ?? input["path"]?.stringValue else {
            return given
        }
        let edits = input["edits"]?.arrayValue ?? [input]
        return edits.compactMap { edit in
            guard let new = edit["new_string"]?.stringValue ?? edit["content"]?.stringValue else { return nil }
            return Self.diff(path, old: edit["old_string"]?.stringValue, new: new, paths)
        }
    }

    /// The files it is about, as far as the editor has them.
    private func locations(_ paths: EditorPaths) -> [JSONValue] {
        var named: [(path: String, line: Int64?)] = (input?["locations"]?.arrayValue ?? []).compactMap { place in
            place["path"]?.stringValue.map { ($0, place["line"]?.integerValue) }
        }
        for key in ["file_path", "path", "notebook_path"] {
            if let path = input?[key]?.stringValue { named.append((path, nil)) }
        }
        for item in output?["content"]?.arrayValue ?? [] where item["type"] == "diff" {
            if let path = item["path"]?.stringValue { named.append((path, nil)) }
        }
        var seen: Set<String> = []
        return named.compactMap { place in
            guard let path = paths.toEditor(place.path), seen.insert(path).inserted else { return nil }
            var members: [String: JSONValue] = ["path": .string(path)]
            if let line = place.line, line >= 0 { members["line"] = .integer(line) }
            return .object(members)
        }
    }
}
