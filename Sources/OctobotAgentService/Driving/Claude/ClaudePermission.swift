import AgentClientProtocol
import JSONText

/// The request `can_use_tool` as a permission, and the way back.
struct ClaudePermission: Sendable {
    private static let allow = "allow"
    private static let always = "always"
    private static let refuse = "refuse"

    let request: PermissionRequest
    private let input: JSONValue
    private let suggestions: [JSONValue]

    init(_ request: JSONValue, sessionID: String, directory: String) {
        let name = request["tool_name"]?.stringValue ?? "Tool"
        input = request["input"] ?? [:]
        // What is remembered is for this session: elsewhere it would be a file in the person's repository.
        suggestions = (request["permission_suggestions"]?.arrayValue ?? []).compactMap { suggestion -> JSONValue? in
            guard var members = suggestion.objectValue else { return Optional.none }
            members["destination"] = "session"
            return JSONValue.object(members)
        }
        let id = request["tool_use_id"]?.stringValue ?? "call"
        var call = ClaudeTool.call(id, name, input, status: nil, directory: directory)
        if let plan = input["plan"]?.stringValue { call.content = ClaudeTool.content(.string(plan)) }
        var options: [PermissionRequest.Option] = [.init(id: Self.allow, name: "Allow", kind: .allowOnce)]
        if !suggestions.isEmpty {
            options.append(.init(id: Self.always, name: "Allow for this session", kind: .allowAlways))
        }
        options.append(.init(id: Self.refuse, name: "Refuse", kind: .rejectOnce))
        self.request = PermissionRequest(sessionID: sessionID, toolCall: call, options: options)
    }

    /// The answer to the request.
    func response(_ outcome: PermissionOutcome) -> JSONValue {
        switch outcome {
        case .selected(Self.allow): ["behavior": "allow", "updatedInput": input]
        case .selected(Self.always):
            ["behavior": "allow", "updatedInput": input, "updatedPermissions": .array(suggestions)]
        case .selected: ["behavior": "deny", "message": "The person refused this. Ask before you try another way."]
        case .cancelled: ["behavior": "deny", "message": "The turn was cancelled.", "interrupt": true]
        }
    }
}

/// The questions of the tool `AskUserQuestion` as a form, and the way back.
struct ClaudeQuestions: Sendable {
    static let tool = "AskUserQuestion"

    let form: Elicitation
    private let input: JSONValue

    /// - Parameter request: a request `can_use_tool`; `nil` for every other tool and for one without questions.
    init?(_ request: JSONValue, sessionID: String) {
        guard request["tool_name"]?.stringValue == Self.tool, let input = request["input"],
            let questions = input["questions"]?.arrayValue, !questions.isEmpty
        else { return nil }
        self.input = input
        let properties = questions.compactMap { question -> Elicitation.Property? in
            question["question"]?.stringValue.map { .init(key: $0, schema: Self.schema(question)) }
        }
        guard properties.count == questions.count, Set(properties.map(\.key)).count == questions.count else {
            return nil
        }
        form = Elicitation(
            sessionID: sessionID,
            toolCallID: request["tool_use_id"]?.stringValue,
            message: "",
            properties: properties,
            required: Set(properties.map(\.key))
        )
    }

    private static func schema(_ question: JSONValue) -> JSONValue {
        let choices: [JSONValue] = (question["options"]?.arrayValue ?? []).map { option in
            let label = option["label"] ?? ""
            return ["const": label, "title": label, "description": option["description"] ?? ""]
        }
        var members: [String: JSONValue] = [
            "title": question["header"] ?? "Question", "description": question["question"] ?? "",
        ]
        if question["multiSelect"]?.boolValue == true {
            members["type"] = "array"
            members["items"] = ["anyOf": .array(choices)]
        } else {
            members["type"] = "string"
            if !choices.isEmpty { members["oneOf"] = .array(choices) }
        }
        return .object(members)
    }

    /// The answer to the request.
    func response(_ outcome: ElicitationOutcome) -> JSONValue {
        switch outcome {
        case .accept(let content):
            var members = input.objectValue ?? [:]
            members["answers"] = .object(
                content.mapValues { value -> JSONValue in
                    guard let labels = value.arrayValue else { return value }
                    return JSONValue.string(labels.compactMap(\.stringValue).joined(separator: ", "))
                }
            )
            return ["behavior": "allow", "updatedInput": .object(members)]
        case .decline: return ["behavior": "deny", "message": "The person does not want to answer."]
        case .cancel: return ["behavior": "deny", "message": "The turn was cancelled.", "interrupt": true]
        }
    }
}
