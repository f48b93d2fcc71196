package import OctobotModel

extension Credential: ComponentDescribing {
    package static let schemaName = "Credential"
    package static let definition = JSONSchema.record(
        .required("id", .identifier, "Its id."),
        .required("projectId", .identifier, "The project."),
        .required("provider", .string, "Whose models it is for; see `agent.authProviders`."),
        .required("name", .string, "A name for people."),
        .required("authType", .enumeration(of: Credential.AuthType.self), "What the secret is."),
        .required("isConfigured", .boolean, "Whether there is a secret; after a login that ended there is none."),
        .optional("expiresAt", .timestamp, "When an OAuth token ends, if that is known."),
        .required("createdAt", .timestamp, "When it was first set."),
        .required("updatedAt", .timestamp, "When it was last set or refreshed."),
        description: "What a project shows a provider's models with; the secret itself is never told."
    )

    /// What the documents show.
    package static let example = Credential(
        id: "c1",
        projectID: .local,
        provider: "anthropic",
        name: "anthropic",
        authType: .apiKey,
        createdAt: .example,
        updatedAt: .example
    )
}
