import AgentClientProtocol
import JSONText

/// Turns what `codex app-server` tells of a thread's turns into updates.
///
/// A value without I/O. Methods and members are those of `codex app-server generate-ts`; what is not known gives
/// ``AgentClientProtocol/SessionUpdate/ignored(_:)`` and harms nothing.
struct CodexMapper: Sendable {
    /// Messages that have come in pieces, whose whole text is not said again.
    private var spoken: Set<String> = []
    /// What running commands have written, for the ones whose end does not repeat it.
    private var outputs: [String: String] = [:]
    private var tokens = CodexTokens()

    /// How much of a running command's output is kept, in bytes.
    private static let outputLimit = 1 << 20

    /// A new turn begins, whose tokens are counted apart.
    mutating func begin() {
        spoken = []
        outputs = [:]
        tokens.begin()
    }

    /// The updates of one notification.
    mutating func updates(_ method: String, _ params: JSONValue) -> [SessionUpdate] {
        switch method {
        case "item/agentMessage/delta", "item/plan/delta":
            delta(params).map { Self.message($0.text, $0.item) } ?? []
        case "item/reasoning/summaryTextDelta":
            delta(params).map { Self.thought($0.text, Self.part($0.item, params["summaryIndex"])) } ?? []
        case "item/reasoning/textDelta":
            delta(params).map { Self.thought($0.text, Self.part($0.item, params["contentIndex"])) } ?? []
        case "item/commandExecution/outputDelta": output(params)
        case "item/fileChange/patchUpdated": patch(params)
        case "item/started": params["item"].map { started($0) } ?? []
        case "item/completed": params["item"].map { completed($0) } ?? []
        case "turn/plan/updated": [.plan(entries: Self.plan(params["plan"]?.arrayValue ?? []))]
        case "thread/tokenUsage/updated": tokens.update(params["tokenUsage"] ?? .null).map { [.usage($0)] } ?? []
        default: [.ignored(method)]
        }
    }

    private mutating func delta(_ params: JSONValue) -> (item: String, text: String)? {
        guard let item = params["itemId"]?.stringValue, let text = params["delta"]?.stringValue else { return nil }
        spoken.insert(item)
        return (item, text)
    }

    private static func message(_ text: String, _ id: String) -> [SessionUpdate] {
        [.agentMessage(.text(text), messageID: id)]
    }

    private static func thought(_ text: String, _ id: String) -> [SessionUpdate] {
        [.agentThought(.text(text), messageID: id)]
    }

    /// A summary has several parts, each a paragraph of its own.
    private static func part(_ item: String, _ index: JSONValue?) -> String {
        "\(item)/\(index?.integerValue ?? 0)"
    }

    private mutating func output(_ params: JSONValue) -> [SessionUpdate] {
        guard let item = params["itemId"]?.stringValue, let text = params["delta"]?.stringValue else { return [] }
        let room = Self.outputLimit - (outputs[item]?.utf8.count ?? 0)
        if room > 0 { outputs[item, default: ""] += text.utf8.count <= room ? text : String(text.prefix(room)) }
        return []
    }

    private func patch(_ params: JSONValue) -> [SessionUpdate] {
        guard let id = params["itemId"]?.stringValue, let changes = params["changes"]?.arrayValue else { return [] }
        return [.toolCall(CodexItem.fileChange(id: id, changes: changes, status: .inProgress))]
    }

    private mutating func started(_ item: JSONValue) -> [SessionUpdate] {
        CodexItem.call(item).map { [.toolCall($0)] } ?? []
    }

    private mutating func completed(_ item: JSONValue) -> [SessionUpdate] {
        guard let id = item["id"]?.stringValue else { return [] }
        switch item["type"]?.stringValue {
        case "agentMessage", "plan":
            guard !spoken.contains(id), let text = item["text"]?.stringValue else { return [] }
            return Self.message(text, id)
        case "reasoning":
            guard !spoken.contains(id) else { return [] }
            let summary = item["summary"]?.arrayValue ?? []
            let parts = (summary.isEmpty ? item["content"]?.arrayValue ?? [] : summary).compactMap(\.stringValue)
            return parts.enumerated().flatMap { Self.thought($1, "\(id)/\($0)") }
        default:
            let output = outputs.removeValue(forKey: id)
            return CodexItem.call(item, output: output).map { [.toolCall($0)] } ?? []
        }
    }

    private static func plan(_ steps: [JSONValue]) -> [JSONValue] {
        steps.compactMap { step in
            guard let text = step["step"]?.stringValue else { return Optional.none }
            let status = step["status"]?.stringValue ?? "pending"
            return [
                "content": .string(text), "priority": "medium",
                "status": .string(status == "inProgress" ? "in_progress" : status),
            ]
        }
    }
}

/// The tokens of a turn, from the thread's running total.
struct CodexTokens: Sendable {
    private static let names = [
        ("inputTokens", "inputTokens"), ("outputTokens", "outputTokens"), ("totalTokens", "totalTokens"),
        ("cachedInputTokens", "cachedReadTokens"), ("reasoningOutputTokens", "thoughtTokens"),
    ]

    private var total: [String: Int64] = [:]
    private var before: [String: Int64] = [:]

    mutating func begin() { before = total }

    /// The turn's usage so far: how full the context is (`used` of `size`), and what the turn has cost in tokens.
    ///
    /// `nil` for a text that tells no total.
    mutating func update(_ usage: JSONValue) -> JSONValue? {
        guard let members = usage["total"]?.objectValue else { return Optional.none }
        total = members.compactMapValues(\.integerValue)
        var result: [String: JSONValue] = [:]
        result["used"] = usage["last"]?["totalTokens"]?.present
        result["size"] = usage["modelContextWindow"]?.present
        for (theirs, ours) in Self.names {
            guard let now = total[theirs] else { continue }
            result[ours] = .integer(max(0, now.subtractingReportingOverflow(before[theirs] ?? 0).partialValue))
        }
        return .object(result)
    }
}
