package import JSONText

/// A message of a conversation: an AI SDK UI message, kept as it was written.
package struct ChatMessage: Sendable, Equatable {
    /// The whole message.
    package var value: JSONValue

    package init(_ value: JSONValue) { self.value = value }

    package var id: String { value["id"]?.stringValue ?? "" }
    /// `user`, `assistant` or `system`.
    package var role: String { value["role"]?.stringValue ?? "" }
    package var parts: [JSONValue] { value["parts"]?.arrayValue ?? [] }
}

extension ChatMessage: Codable {
    package init(from decoder: any Decoder) throws { value = try JSONValue(from: decoder) }
    package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension ChatMessage: ComponentDescribing {
    package static let schemaName = "ChatMessage"
    package static let definition = JSONSchema.open(
        .required("id", .string(1...512), "The id of the message."),
        .required("role", JSONSchema(.enumeration(["user", "assistant", "system"])), "Who wrote it."),
        .required(
            "parts",
            .array(of: .open(.required("type", .string(1...128), "Such as `text` or `dynamic-tool`."))),
            "What it consists of."
        ),
        .optional("createdAt", .timestamp, "When it was stored."),
        description: "An AI SDK UI message."
    )

    package static let example = ChatMessage([
        "id": "m1", "role": "user", "parts": [["type": "text", "text": "Write a plan"]],
    ])
}
