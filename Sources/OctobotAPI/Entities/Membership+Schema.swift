package import OctobotModel

extension Member: ComponentDescribing {
    package static let schemaName = "Member"
    package static let definition = JSONSchema.record(
        .required("id", .string, "`<project>/<user>`."),
        .required("projectId", .identifier, "The project."),
        .required("userId", .identifier, "The person."),
        .required("role", .enumeration(of: Role.self), "What the person may do."),
        .required("email", .string, "The person's address."),
        .required("name", .string, "Empty if unknown."),
        .optional("avatarUrl", .string, "A picture."),
        .optional("invitedAt", .timestamp, "When the person was invited."),
        .optional("acceptedAt", .timestamp, "When the person joined."),
        description: "A person who belongs to a project."
    )

    /// What the documents show.
    package static let example = Member(
        projectID: .local,
        userID: .anonymous,
        role: .owner,
        email: "anonymous@local",
        name: "Anonymous User",
        acceptedAt: .example
    )
}

extension Invitation: ComponentDescribing {
    package static let schemaName = "Invitation"
    package static let definition = JSONSchema.record(
        .required("id", .identifier, "Its id."),
        .required("projectId", .identifier, "The project."),
        .required("email", .string, "Who may accept it."),
        .required("role", .enumeration(of: Role.self), "What the person will be."),
        .optional("token", .string, "What accepts it: told once, when it is made."),
        .required("expiresAt", .timestamp, "Until when it can be accepted."),
        .required("createdAt", .timestamp, "When it was made."),
        description: "An offer of membership."
    )

    /// What the documents show.
    package static func example(token: String? = nil) -> Invitation {
        Invitation(
            id: "i1",
            projectID: .local,
            email: "ada@example.org",
            role: .member,
            token: token,
            expiresAt: .example,
            createdAt: .example
        )
    }
}
