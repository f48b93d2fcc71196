import JSONText

/// A tool call as one line for people.
struct ToolCall: Equatable {
    /// The tool that stands for a question to the person (decision 34); the approval itself is shown instead.
    static let question = "AskUserQuestion"

    var name: String
    var title: String?
    var input: JSONValue?

    /// Such as `Bash: swift test`.
    var summary: String {
        let subject = TerminalText.line(title ?? argument ?? "")
        let name = TerminalText.line(name)
        guard !subject.isEmpty, subject != name else { return name }
        return subject.hasPrefix(name + " ") ? subject : "\(name): \(subject)"
    }

    /// The part of the input that says most.
    private var argument: String? {
        for key in ["command", "file_path", "path", "pattern", "query", "url", "title", "description"] {
            if let text = input?[key]?.stringValue, !text.isEmpty { return text }
        }
        return nil
    }
}
