package import JSONText

/// What one `tool_call`, `tool_call_update` or permission request says about a call (acp.md §9.4).
///
/// Absent members leave what is known unchanged.
package struct ToolCallUpdate: Sendable, Equatable {
    package enum Status: String, Sendable, Hashable {
        case pending
        case inProgress = "in_progress"
        case completed
        case failed
    }
    package var id: String
    package var title: String?
    package var kind: String?
    package var status: Status?
    package var content: [JSONValue]?
    package var locations: [JSONValue]?
    package var rawInput: JSONValue?
    package var rawOutput: JSONValue?
    /// The tool's own name, where the agent tells it.
    package var toolName: String?

    package init(
        id: String,
        title: String? = nil,
        kind: String? = nil,
        status: Status? = nil,
        content: [JSONValue]? = nil,
        locations: [JSONValue]? = nil,
        rawInput: JSONValue? = nil,
        rawOutput: JSONValue? = nil,
        toolName: String? = nil
    ) {
        self.id = id
        self.title = title
        self.kind = kind
        self.status = status
        self.content = content
        self.locations = locations
        self.rawInput = rawInput
        self.rawOutput = rawOutput
        self.toolName = toolName
    }

    package init?(_ json: JSONValue) {
        guard let id = json["toolCallId"]?.stringValue, !id.isEmpty else { return nil }
        self.init(
            id: id,
            title: json["title"]?.stringValue,
            kind: json["kind"]?.stringValue,
            status: json["status"]?.stringValue.flatMap(Status.init),
            content: json["content"]?.arrayValue,
            locations: json["locations"]?.arrayValue,
            rawInput: json["rawInput"]?.present,
            rawOutput: json["rawOutput"]?.present,
            toolName: json["_meta"]?["claudeCode"]?["toolName"]?.stringValue ?? json["name"]?.stringValue
        )
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = ["toolCallId": .string(id)]
        members["title"] = title.map(JSONValue.string)
        members["kind"] = kind.map(JSONValue.string)
        members["status"] = status.map { .string($0.rawValue) }
        members["content"] = content.map(JSONValue.array)
        members["locations"] = locations.map(JSONValue.array)
        members["rawInput"] = rawInput
        members["rawOutput"] = rawOutput
        if let toolName { members["_meta"] = ["claudeCode": ["toolName": .string(toolName)]] }
        return .object(members)
    }
}

extension JSONValue {
    /// `nil` for `null`, which counts as absent everywhere in ACP.
    package var present: JSONValue? {
        // `isNull ? nil : self` would be the value `null`, which has a literal of its own.
        guard !isNull else { return Optional.none }
        return self
    }
}
