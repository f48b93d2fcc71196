import JSONText

/// A stored message as lines for people.
enum Transcript {
    static func lines(of message: JSONValue) -> [String] {
        let parts = message["parts"]?.arrayValue ?? []
        let body = parts.flatMap(lines(ofPart:))
        return [message["role"]?.stringValue == "user" ? "You:" : "Agent:"] + body.map { "  " + $0 } + [""]
    }

    /// A part without indentation; none for what people need not see.
    static func lines(ofPart part: JSONValue) -> [String] {
        switch part["type"]?.stringValue {
        case "text"?:
            return ChatRenderer.lines(part["text"]?.stringValue ?? "")
        case "reasoning"?:
            return ChatRenderer.lines(part["text"]?.stringValue ?? "").map { "│ " + $0 }
        case "file"?:
            return ["[file: \(TerminalText.line(part["mediaType"]?.stringValue ?? "unknown"))]"]
        case let type? where type == "dynamic-tool" || type.hasPrefix("tool-"):
            let name = part["toolName"]?.stringValue ?? String(type.dropFirst(5))
            if name == ToolCall.question { return question(part) }
            let call = ToolCall(name: name, title: part["title"]?.stringValue, input: part["input"])
            var lines = ["● " + call.summary]
            if let error = part["errorText"]?.stringValue { lines += ChatRenderer.lines(error).map { "  ✗ " + $0 } }
            return lines
        default:
            return []
        }
    }

    private static func question(_ part: JSONValue) -> [String] {
        let asked = (part["input"]?["questions"]?.arrayValue ?? []).compactMap { $0["question"]?.stringValue }
        let answers = part["output"]?["answers"]?.objectValue ?? [:]
        return asked.flatMap { text in
            ChatRenderer.lines(text).map { "? " + $0 }
                + (answers[text]?.stringValue.map { ["  → " + TerminalText.line($0)] } ?? [])
        }
    }
}
