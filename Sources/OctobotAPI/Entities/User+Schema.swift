package import OctobotModel

extension User: ComponentDescribing {
    package static let schemaName = "User"
    package static let definition = JSONSchema.record(
        .required("id", .identifier, "Its id."),
        .required("email", .string, "The e-mail address."),
        .required("name", .string, "A name for people; empty if unknown."),
        .optional("avatarUrl", JSONSchema(.string(.init(format: .uri))), "A picture."),
        .required("provider", .string, "Where the person logged in; empty for the anonymous user."),
        description: "A person who may call."
    )

    /// What the documents show.
    package static let example = User(id: .anonymous, email: "anonymous@local", name: "Anonymous User")
}
