package import JSONText

/// A prompt as a client writes it.
package struct OutgoingMessage: Codable, Sendable, Equatable, ComponentDescribing {
    package var id: String?
    package var parts: [JSONValue]

    package init(id: String? = nil, parts: [JSONValue]) {
        self.id = id
        self.parts = parts
    }

    package static let schemaName = "OutgoingMessage"
    package static let definition = JSONSchema.parameters(
        .optional("id", .identifier, "The message’s id, which makes sending it again harmless."),
        .required(
            "parts",
            .array(of: .open(.required("type", .string(1...128), "Such as `text`.")), count: 1...1000),
            "Parts of an AI SDK UI message; `{\"type\":\"text\",\"text\":…}` is one."
        )
    )
}
