import AgentClientProtocol
import Foundation
import JSONText

/// What the app server asks a person, and the way back from the answer.
struct CodexRequest: Sendable {
    enum Question: Sendable, Equatable {
        case permission(PermissionRequest)
        case form(Elicitation)
    }

    private enum Kind: Sendable {
        case decision
        case permissions(JSONValue)
        case input
        case server
    }

    let question: Question
    private let kind: Kind

    /// `nil` for requests that are not known, and for ones without what they ask about.
    init?(_ method: String, _ params: [UInt8]) {
        let json: JSONValue
        do { json = try JSONValue(parsing: params) } catch { return nil }
        switch method {
        case "item/commandExecution/requestApproval":
            guard let call = Self.command(json) else { return nil }
            kind = .decision
            question = .permission(Self.permission(json, call))
        case "item/fileChange/requestApproval":
            guard let id = json["itemId"]?.stringValue else { return nil }
            kind = .decision
            let call = ToolCallUpdate(id: id, kind: "edit", content: Self.reason(json))
            question = .permission(Self.permission(json, call))
        case "item/permissions/requestApproval":
            guard let id = json["itemId"]?.stringValue, let wanted = json["permissions"] else { return nil }
            kind = .permissions(wanted)
            let call = ToolCallUpdate(
                id: id,
                title: "More permissions",
                kind: "other",
                content: Self.reason(json),
                rawInput: wanted
            )
            question = .permission(Self.permission(json, call))
        case "item/tool/requestUserInput":
            let questions = json["questions"]?.arrayValue ?? []
            guard !questions.isEmpty else { return nil }
            kind = .input
            question = .form(Self.form(json, questions))
        case "mcpServer/elicitation/request":
            guard let form = Elicitation(parsing: params) else { return nil }
            kind = .server
            question = form.properties.isEmpty ? .permission(Self.confirmation(json, form)) : .form(form)
        default:
            return nil
        }
    }

    /// The result for the app server of a permission's answer.
    func result(_ outcome: PermissionOutcome) -> JSONValue {
        let chosen = if case .selected(let id) = outcome { id } else { "cancel" }
        let isAllowed = chosen == "accept" || chosen == "acceptForSession"
        switch kind {
        case .decision, .input:
            return ["decision": .string(chosen)]
        case .permissions(let wanted):
            let granted = (wanted.objectValue ?? [:]).filter { !$0.value.isNull }
            return [
                "permissions": .object(isAllowed ? granted : [:]),
                "scope": chosen == "acceptForSession" ? "session" : "turn",
            ]
        case .server:
            return [
                "action": .string(isAllowed ? "accept" : chosen), "content": isAllowed ? .object([:]) : .null,
                "_meta": .null,
            ]
        }
    }

    /// The result for the app server of a form's answer.
    func result(_ outcome: ElicitationOutcome) -> JSONValue {
        let content: [String: JSONValue] = if case .accept(let content) = outcome { content } else { [:] }
        guard case .server = kind else {
            return ["answers": .object(content.mapValues { ["answers": Self.texts($0)] })]
        }
        let action: JSONValue =
            switch outcome {
            case .accept: "accept"
            case .decline: "decline"
            case .cancel: "cancel"
            }
        return ["action": action, "content": action == "accept" ? .object(content) : .null, "_meta": .null]
    }
}

extension CodexRequest {
    private static let options: [PermissionRequest.Option] = [
        .init(id: "accept", name: "Allow", kind: .allowOnce),
        .init(id: "acceptForSession", name: "Allow for this session", kind: .allowAlways),
        .init(id: "decline", name: "Deny", kind: .rejectOnce),
    ]

    private static func permission(_ json: JSONValue, _ call: ToolCallUpdate) -> PermissionRequest {
        PermissionRequest(sessionID: json["threadId"]?.stringValue ?? "", toolCall: call, options: options)
    }

    private static func command(_ json: JSONValue) -> ToolCallUpdate? {
        guard let id = json["itemId"]?.stringValue else { return nil }
        let command = CodexItem.command(json)
        let host = json["networkApprovalContext"]?["host"]?.stringValue
        return ToolCallUpdate(
            id: id,
            title: host.map { "Reach \($0)" } ?? (command.isEmpty ? nil : command),
            kind: "execute",
            content: reason(json),
            rawInput: command.isEmpty
                ? Optional.none : ["command": .string(command), "cwd": json["cwd"]?.present ?? .null]
        )
    }

    private static func reason(_ json: JSONValue) -> [JSONValue]? {
        guard let text = json["reason"]?.stringValue, !text.isEmpty else { return nil }
        return [["type": "content", "content": ["type": "text", "text": .string(text)]]]
    }

    private static func form(_ json: JSONValue, _ questions: [JSONValue]) -> Elicitation {
        let properties = questions.compactMap { question -> Elicitation.Property? in
            guard let id = question["id"]?.stringValue else { return nil }
            var schema: [String: JSONValue] = ["type": "string"]
            schema["title"] = question["header"]?.present
            schema["description"] = question["question"]?.present
            let options = (question["options"]?.arrayValue ?? []).compactMap { option -> JSONValue? in
                guard let label = option["label"]?.stringValue else { return Optional.none }
                return [
                    "const": .string(label), "title": .string(label),
                    "description": option["description"]?.present ?? "",
                ]
            }
            if !options.isEmpty { schema["oneOf"] = .array(options) }
            return Elicitation.Property(key: id, schema: .object(schema))
        }
        return Elicitation(
            sessionID: json["threadId"]?.stringValue,
            toolCallID: json["itemId"]?.stringValue,
            message: questions.count == 1 ? questions[0]["question"]?.stringValue ?? "" : "",
            properties: properties
        )
    }

    /// A server's form without fields asks for a yes or no.
    private static func confirmation(_ json: JSONValue, _ form: Elicitation) -> PermissionRequest {
        let server = json["serverName"]?.stringValue ?? "server"
        let call = ToolCallUpdate(
            id: "mcp-" + UUID().uuidString.lowercased(),
            title: form.message.isEmpty ? server : form.message,
            kind: "other",
            rawInput: ["server": .string(server)]
        )
        let once = options.filter { $0.kind != .allowAlways }
        return PermissionRequest(sessionID: json["threadId"]?.stringValue ?? "", toolCall: call, options: once)
    }

    private static func texts(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array: value
        case .string: [value]
        default: [.string(String(decoding: value.serialized(), as: UTF8.self))]
        }
    }
}
