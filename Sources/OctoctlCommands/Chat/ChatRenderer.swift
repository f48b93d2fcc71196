import JSONText
import OctobotAPI
import OctobotModel

/// Turns the items of a chat log into what people read: the agent's text for standard output, everything else for
/// standard error (decision 61).
///
/// A value without I/O. All text comes from an agent and is made harmless here.
struct ChatRenderer {
    enum Piece: Equatable {
        /// The agent's own words.
        case text(String)
        /// The end of a line the text left open.
        case endLine
        /// A line about what it does.
        case note(String, Style)
    }

    /// Whether prompts and pending approvals are shown too, as for a reader who did not write them.
    var showsPrompts = false

    private var isLineOpen = false
    private var reasoning = ""
    private var calls: [String: ToolCall] = [:]
    private var shown: [String: String] = [:]
    private var plan: [String: String] = [:]
    private var lastError: String?

    init(showsPrompts: Bool = false) { self.showsPrompts = showsPrompts }

    /// What an item adds.
    mutating func render(_ item: ChatItem) -> [Piece] {
        switch item {
        case .prompt(_, let message): showsPrompts ? prompt(message) : []
        case .turn(_, let state, let reason): turn(state, reason)
        case .chunk(_, _, let chunk): self.chunk(chunk)
        case .approval(_, let approval): self.approval(approval)
        }
    }

    /// A whole message of a turn that has ended.
    mutating func render(_ message: JSONValue) -> [Piece] {
        guard message["role"]?.stringValue != "user" else { return prompt(message) }
        let parts = message["parts"]?.arrayValue ?? []
        return parts.flatMap { part -> [Piece] in
            guard part["type"]?.stringValue == "text" else {
                return Transcript.lines(ofPart: part).map { .note($0, .dim) }
            }
            return newLine() + text(part["text"]?.stringValue ?? "")
        } + newLine()
    }

    /// Ends what is open: the text's last line, the last thought.
    mutating func finish() -> [Piece] {
        flushReasoning() + newLine()
    }

    private func prompt(_ message: JSONValue) -> [Piece] {
        let texts = (message["parts"]?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }
        return Self.lines(texts.joined(separator: "\n")).map { .note("> " + $0, .bold) }
    }

    private mutating func turn(_ state: TurnState, _ reason: String?) -> [Piece] {
        guard state.isTerminal else { return [] }
        let end = finish()
        // The reason of a failure usually came as an error chunk already.
        let because = reason.flatMap { $0 == lastError ? nil : ": " + TerminalText.line($0) } ?? "."
        lastError = nil
        return switch state {
        case .failed: end + [.note("The turn failed\(because)", .red)]
        case .cancelled: end + [.note("The turn was cancelled\(because)", .yellow)]
        case .unknown: end + [.note("Nobody can tell what became of the turn\(because)", .red)]
        default: end
        }
    }

    private func approval(_ approval: Approval) -> [Piece] {
        switch approval.state {
        case .pending:
            guard showsPrompts else { return [] }
            return approval.questions.flatMap { Self.lines($0.question) }.map { .note("? " + $0, .yellow) }
        case .answered:
            let answers = approval.questions.compactMap { approval.answers?[$0.question] }.joined(separator: "; ")
            let by = approval.answeredBy.map { " (\(TerminalText.line($0)))" } ?? ""
            return [.note("  answered: \(answers.isEmpty ? "declined" : TerminalText.line(answers))\(by)", .dim)]
        case .expired:
            return [.note("  the question can no longer be answered", .yellow)]
        }
    }

    private mutating func chunk(_ chunk: JSONValue) -> [Piece] {
        let type = chunk["type"]?.stringValue ?? ""
        switch type {
        case "text-start": return flushReasoning() + newLine()
        case "text-delta": return text(chunk["delta"]?.stringValue ?? "")
        case "reasoning-delta": return think(chunk["delta"]?.stringValue ?? "")
        case "reasoning-end": return flushReasoning()
        case "data-plan": return show(plan: chunk["data"]?["entries"]?.arrayValue ?? [])
        case "file":
            return [.note("  [file: \(TerminalText.line(chunk["mediaType"]?.stringValue ?? "unknown"))]", .dim)]
        case "source-url", "source-document":
            let title = chunk["title"]?.stringValue ?? ""
            return [.note("  → " + TerminalText.line("\(title) \(chunk["url"]?.stringValue ?? "")"), .dim)]
        case "error":
            lastError = chunk["errorText"]?.stringValue
            return finish() + Self.lines(lastError ?? "Unknown error").map { .note("✗ " + $0, .red) }
        case _ where type.hasPrefix("tool-"): return tool(type, chunk)
        default: return []
        }
    }

    private mutating func text(_ delta: String) -> [Piece] {
        let text = TerminalText.sanitized(delta)
        guard let last = text.last else { return [] }
        isLineOpen = !last.isNewline
        return [.text(text)]
    }

    /// Parts of the text do not run into each other.
    private mutating func newLine() -> [Piece] {
        guard isLineOpen else { return [] }
        isLineOpen = false
        return [.endLine]
    }
}

// MARK: - Thoughts and plans

extension ChatRenderer {
    private mutating func think(_ delta: String) -> [Piece] {
        reasoning += delta
        guard let end = reasoning.lastIndex(where: \.isNewline) else { return [] }
        let whole = String(reasoning[..<end])
        reasoning = String(reasoning[reasoning.index(after: end)...])
        return Self.lines(whole).map { .note("│ " + $0, .dim) }
    }

    private mutating func flushReasoning() -> [Piece] {
        defer { reasoning = "" }
        return reasoning.isEmpty ? [] : Self.lines(reasoning).map { .note("│ " + $0, .dim) }
    }

    /// The plan, or what changed in it.
    private mutating func show(plan entries: [JSONValue]) -> [Piece] {
        var pieces: [Piece] = []
        for entry in entries {
            let content = TerminalText.line(entry["content"]?.stringValue ?? "")
            let status = entry["status"]?.stringValue ?? "pending"
            guard plan.updateValue(status, forKey: content) != status else { continue }
            let sign = ["completed": "☑", "in_progress": "▶"][status] ?? "☐"
            pieces.append(.note("  \(sign) \(content)", status == "completed" ? .green : .plain))
        }
        return pieces
    }

    /// Lines of foreign text, without the empty one after the last line feed.
    static func lines(_ text: String) -> [String] {
        let lines = TerminalText.sanitized(text).split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.last?.isEmpty == true ? lines.dropLast() : lines).map(String.init)
    }
}

// MARK: - Tool calls

extension ChatRenderer {
    private mutating func tool(_ type: String, _ chunk: JSONValue) -> [Piece] {
        let id = chunk["toolCallId"]?.stringValue ?? ""
        if let name = chunk["toolName"]?.stringValue {
            calls[id] = ToolCall(
                name: name,
                title: chunk["title"]?.stringValue ?? calls[id]?.title,
                input: chunk["input"] ?? calls[id]?.input
            )
        }
        guard let call = calls[id], call.name != ToolCall.question else { return [] }
        switch type {
        case "tool-input-available": return announce(id, call)
        case "tool-input-error", "tool-output-error":
            let text = chunk["errorText"]?.stringValue ?? "It failed."
            return announce(id, call) + Self.cut(Self.lines(text)).map { .note("  ✗ " + $0, .red) }
        case "tool-output-denied": return announce(id, call) + [.note("  ✗ not allowed", .yellow)]
        case "tool-output-available":
            guard chunk["preliminary"]?.boolValue != true else { return [] }
            return announce(id, call) + Self.output(chunk["output"] ?? .null)
        default: return []
        }
    }

    /// The line of a call, once, and again when it turned out to be another.
    private mutating func announce(_ id: String, _ call: ToolCall) -> [Piece] {
        guard shown.updateValue(call.summary, forKey: id) != call.summary else { return [] }
        return flushReasoning() + [.note("● " + call.summary, .cyan)]
    }

    private static func output(_ output: JSONValue) -> [Piece] {
        let text = output.stringValue ?? output["text"]?.stringValue ?? ""
        var pieces: [Piece] = cut(lines(text)).map { .note("  " + $0, .dim) }
        for item in output["content"]?.arrayValue ?? [] where item["type"]?.stringValue == "diff" {
            pieces += file(item)
        }
        if let status = output["exitCode"]?.integerValue, status != 0 {
            pieces.append(.note("  exit status \(status)", .yellow))
        }
        return pieces
    }

    private static func file(_ diff: JSONValue) -> [Piece] {
        let change = LineDifference(old: diff["oldText"]?.stringValue, new: diff["newText"]?.stringValue ?? "")
        let path = TerminalText.line(diff["path"]?.stringValue ?? "")
        let head = Piece.note("  \(path) +\(change.additions) -\(change.deletions)", .plain)
        return [head]
            + cut(change.lines).map { .note("    " + TerminalText.sanitized($0), DiffPrinter.style(of: $0[...])) }
    }

    /// Enough to see what it is.
    private static func cut(_ lines: [String], to limit: Int = 12) -> [String] {
        guard lines.count > limit else { return lines }
        return lines.prefix(limit - 1) + ["… \(lines.count - limit + 1) more lines"]
    }
}
