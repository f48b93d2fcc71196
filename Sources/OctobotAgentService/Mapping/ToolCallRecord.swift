import AgentClientProtocol
import JSONText

/// Everything known about one tool call of a turn, merged from its updates (acp.md §9.4, §13).
struct ToolCallRecord: Sendable {
    enum Phase: Sendable, Equatable {
        case started
        case inputSent
        case done
        /// Refused by the person; what the agent says about it afterwards is of no interest.
        case denied
    }

    let id: String
    var phase = Phase.started
    private(set) var title: String?
    private(set) var kind: String?
    private(set) var status: ToolCallUpdate.Status = .pending
    private(set) var content: [JSONValue] = []
    private(set) var locations: [JSONValue] = []
    private var rawInput: JSONValue?
    private var rawOutput: JSONValue?
    private var ownName: String?
    var sentInput: JSONValue?
    var sentTitle: String?
    var sentOutput: JSONValue?

    init(id: String) {
        self.id = id
    }

    var isOpen: Bool { phase == .started || phase == .inputSent }

    mutating func merge(_ update: ToolCallUpdate) {
        title = update.title ?? title
        kind = update.kind ?? kind
        status = update.status ?? status
        content = update.content ?? content
        locations = update.locations ?? locations
        rawInput = update.rawInput ?? rawInput
        rawOutput = update.rawOutput ?? rawOutput
        ownName = update.toolName ?? ownName
    }

    /// The agent's own name for the tool, else one after its kind.
    var toolName: String {
        if let ownName, !ownName.isEmpty { return ownName }
        return switch kind {
        case "read": "Read"
        case "edit": "Edit"
        case "delete": "Delete"
        case "move": "Move"
        case "search": "Grep"
        case "execute": "Bash"
        case "think": "Think"
        case "fetch": "WebFetch"
        case "switch_mode": "SwitchMode"
        default: "Tool"
        }
    }

    private var hasRawInput: Bool {
        switch rawInput {
        case nil: false
        case .object(let members)?: !members.isEmpty
        default: true
        }
    }

    /// Whether its input can be shown: given, or it is past the point where it would still come.
    var knowsInput: Bool { hasRawInput || status != .pending }

    /// `rawInput`, else what is known otherwise.
    var input: JSONValue {
        if hasRawInput, let rawInput { return rawInput }
        var members: [String: JSONValue] = ["title": .string(title ?? toolName), "kind": .string(kind ?? "other")]
        if !locations.isEmpty { members["locations"] = .array(locations) }
        let diffs = content.filter { $0["type"]?.stringValue == "diff" }
        if !diffs.isEmpty { members["diffs"] = .array(diffs) }
        return .object(members)
    }

    /// The texts of the content, joined.
    var text: String {
        content.compactMap { item -> String? in
            if item["type"]?.stringValue == "terminal" { return item["output"]?.stringValue }
            let block = item["type"]?.stringValue == "content" ? item["content"] : item
            guard block?["type"]?.stringValue == "text" else { return nil }
            return block?["text"]?.stringValue
        }
        .joined(separator: "\n")
    }

    private var hasRichContent: Bool {
        content.contains { item in
            let block = item["type"]?.stringValue == "content" ? item["content"] : item
            return ["diff", "terminal", "image"].contains(block?["type"]?.stringValue ?? "")
        }
    }

    /// The first of the places output is found that is not empty; an object when there is more than text.
    var output: JSONValue {
        let plain = text.isEmpty ? rawText : text
        guard hasRichContent else { return plain.map(JSONValue.string) ?? rawOutput ?? "" }
        var members: [String: JSONValue] = ["text": .string(plain ?? ""), "content": .array(content)]
        members["exitCode"] =
            rawOutput?["exit_code"]?.present ?? rawOutput?["exitCode"]?.present
            ?? content.lazy.compactMap { $0["exitCode"]?.present }.first
        return .object(members)
    }

    private var rawText: String? {
        rawOutput?.stringValue ?? rawOutput?["formatted_output"]?.stringValue ?? rawOutput?["output"]?.stringValue
    }

    /// Why it failed.
    var errorText: String {
        if !text.isEmpty { return text }
        if let rawText, !rawText.isEmpty { return rawText }
        return rawOutput?["error"]?.stringValue ?? rawOutput?["message"]?.stringValue ?? "Tool call failed"
    }
}
