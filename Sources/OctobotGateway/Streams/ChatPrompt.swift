import JSONText
import OctobotModel

/// The body of `POST P/chat` as `chat.send` understands it (rest-api.md §12.1).
struct ChatPrompt: Sendable {
    let session: SessionID
    let namesWorkspace: Bool
    let params: JSONValue

    /// - Throws: `InvalidParams` for a body that is no prompt; what `chat.send` checks by itself is left to it.
    init(body: [UInt8], project: ProjectID) throws(Fault) {
        let members = try ParamsBuilder.members(of: body)
        guard let id = try Self.text("id", in: members) else {
            throw .invalidParams("'id', the session, is missing.", pointer: "/id", rule: "required")
        }
        guard try Self.text("trigger", in: members) != "regenerate-message" else {
            throw .invalidParams(
                "A message cannot be generated again; send a new prompt.",
                pointer: "/trigger",
                rule: "enum",
                expected: "submit-message",
                got: "regenerate-message"
            )
        }
        session = SessionID(id)
        var params: [String: JSONValue] = [
            "projectId": .string(project.rawValue), "sessionId": .string(id), "mode": "reject",
            "message": try Self.prompt(in: members),
        ]
        for name in ["model", "reasoning"] { params[name] = try Self.text(name, in: members).map { .string($0) } }
        let workspace = try Self.text("workspaceId", in: members)
        namesWorkspace = workspace != nil
        if let workspace {
            var creation: [String: JSONValue] = ["workspaceId": .string(workspace)]
            creation["agentId"] = try Self.text("agentId", in: members).map { .string($0) }
            params["create"] = .object(creation)
        }
        self.params = .object(params)
    }

    /// The last message of the user; the others are known already.
    private static func prompt(in members: [String: JSONValue]) throws(Fault) -> JSONValue {
        guard let value = members["messages"], !value.isNull else {
            throw .invalidParams("'messages' is missing.", pointer: "/messages", rule: "required")
        }
        guard let messages = value.arrayValue else {
            throw .invalidParams("'messages' must be an array.", pointer: "/messages", rule: "type", expected: "array")
        }
        guard let index = messages.lastIndex(where: { $0["role"] == "user" }) else {
            throw .invalidParams("No message is the user's.", pointer: "/messages", rule: "contains")
        }
        guard let parts = messages[index]["parts"] else {
            throw .invalidParams("The message has no parts.", pointer: "/messages/\(index)/parts", rule: "required")
        }
        var message: [String: JSONValue] = ["parts": parts]
        if let id = messages[index]["id"], id != "", !id.isNull { message["id"] = id }
        return .object(message)
    }

    /// A text member; absent, `null` and empty are the same.
    private static func text(_ name: String, in members: [String: JSONValue]) throws(Fault) -> String? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let text = value.stringValue else {
            throw .invalidParams("'\(name)' must be a string.", pointer: "/\(name)", rule: "type", expected: "string")
        }
        return text.isEmpty ? nil : text
    }
}
