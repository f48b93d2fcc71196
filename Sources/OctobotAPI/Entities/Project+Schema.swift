package import OctobotModel

extension Project: ComponentDescribing {
    package static let schemaName = "Project"
    package static let definition = JSONSchema.record(
        .required("id", .identifier, "Its id."),
        .required("name", .string, "A name for people."),
        .required("slug", .string, "The name in addresses."),
        .required("createdAt", .timestamp, "When it was made."),
        .required("updatedAt", .timestamp, "When it last changed."),
        description: "The owner of workspaces, agents, sessions and events."
    )

    /// What the documents show.
    package static let example = Project(
        id: .local,
        name: "Local",
        slug: "local",
        createdAt: .example,
        updatedAt: .example
    )
}

extension Preference: ComponentDescribing {
    package static let schemaName = "Preference"
    package static let definition = JSONSchema.record(
        .required("key", .string(1...256), "The key."),
        .required("value", .string, "Any text."),
        .required("updatedAt", .timestamp, "When it was last set."),
        description: "One stored setting of a user."
    )

    /// What the documents show.
    package static let example = Preference(
        key: "chat.defaultModel",
        value: "anthropic:claude-sonnet-4",
        updatedAt: .example
    )
}

extension Timestamp {
    /// The moment of all examples: 2026-01-02T03:04:05.678Z.
    package static let example = Timestamp(milliseconds: 1_767_323_045_678)
}
