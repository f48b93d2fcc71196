package import JSONText

/// `session/request_permission` (acp.md §11.1).
package struct PermissionRequest: Sendable, Equatable {
    package struct Option: Sendable, Equatable {
        package enum Kind: String, Sendable, Hashable {
            case allowOnce = "allow_once"
            case allowAlways = "allow_always"
            case rejectOnce = "reject_once"
            case rejectAlways = "reject_always"

            package var allows: Bool { self == .allowOnce || self == .allowAlways }
        }
        package var id: String
        package var name: String
        /// `nil` when the agent sent none that is known.
        package var kind: Kind?

        package init(id: String, name: String, kind: Kind?) {
            self.id = id
            self.name = name
            self.kind = kind
        }
    }
    package var sessionID: String
    package var toolCall: ToolCallUpdate
    package var options: [Option]
    /// The agent marked the request as a set of questions of its own.
    package var carriesQuestions: Bool

    package init(sessionID: String, toolCall: ToolCallUpdate, options: [Option], carriesQuestions: Bool = false) {
        self.sessionID = sessionID
        self.toolCall = toolCall
        self.options = options
        self.carriesQuestions = carriesQuestions
    }

    package init?(_ json: JSONValue) {
        guard let toolCall = json["toolCall"].flatMap(ToolCallUpdate.init) else { return nil }
        let metas =
            [json["_meta"], json["toolCall"]?["_meta"]] + (json["options"]?.arrayValue ?? []).map { $0["_meta"] }
        self.init(
            sessionID: json["sessionId"]?.stringValue ?? "",
            toolCall: toolCall,
            options: (json["options"]?.arrayValue ?? []).compactMap { option in
                option["optionId"]?.stringValue.map { id in
                    Option(
                        id: id,
                        name: option["name"]?.stringValue ?? id,
                        kind: option["kind"]?.stringValue.flatMap(Option.Kind.init)
                    )
                }
            },
            carriesQuestions: metas.contains { $0?["qwenQuestions"]?.present != nil }
        )
    }

    package var json: JSONValue {
        [
            "sessionId": .string(sessionID), "toolCall": toolCall.json,
            "options": .array(
                options.map { option in
                    var members: [String: JSONValue] = ["optionId": .string(option.id), "name": .string(option.name)]
                    members["kind"] = option.kind.map { .string($0.rawValue) }
                    return .object(members)
                }
            ),
        ]
    }
}

/// The answer to a permission request.
package enum PermissionOutcome: Sendable, Equatable {
    case selected(optionID: String)
    case cancelled

    package init(_ json: JSONValue) {
        if json["outcome"]?["outcome"]?.stringValue == "selected", let id = json["outcome"]?["optionId"]?.stringValue {
            self = .selected(optionID: id)
        } else {
            self = .cancelled
        }
    }

    package var json: JSONValue {
        switch self {
        case .selected(let id): ["outcome": ["outcome": "selected", "optionId": .string(id)]]
        case .cancelled: ["outcome": ["outcome": "cancelled"]]
        }
    }
}
