package import OctobotModel

extension ApprovalSubject: ComponentDescribing {
    package static let schemaName = "ApprovalSubject"
    package static let definition = JSONSchema.record(
        .required("tool", .string, "The agent’s own name for its tool, such as `Bash`."),
        .optional("kind", .string, "The kind of tool call, such as `execute` or `edit`."),
        .optional("command", .string, "The command line that would be run."),
        .optional(
            "paths",
            .array(of: .string),
            "The files it is about: beneath the workspace relative to it, others absolute."
        ),
        .required("allow", .array(of: .string), "The labels that allow it."),
        .required("deny", .array(of: .string), "The labels that refuse it; any other text refuses too."),
        description: "What a permission is asked for, as the agent says it."
    )

    /// What the documents show.
    package static let example = ApprovalSubject(
        tool: "Bash",
        kind: "execute",
        command: "make test",
        allow: ["Allow once"],
        deny: ["Reject"]
    )
}

extension ApprovalRule: ComponentDescribing {
    package static let schemaName = "ApprovalRule"
    package static let definition = JSONSchema.record(
        .required("id", .identifier, "Its id."),
        .required("scope", .enumeration(of: Scope.self), "How far it reaches."),
        .optional("sessionId", .identifier, "The session it is for."),
        .optional("turnId", .identifier, "The turn it is for, and ends with."),
        .required("effect", .enumeration(of: Effect.self), "What it answers."),
        .required("tool", .string(1...256), "The tool’s name, or `*` for every tool."),
        .optional("pattern", .string(1...ApprovalPattern.limit), "What the command or the files have to fit."),
        .required("createdBy", .string, "Who made it."),
        .required("createdAt", .timestamp, "When."),
        .optional("expiresAt", .timestamp, "When it stops answering."),
        description: "Answers permissions in place of a person."
    )

    /// What the documents show.
    package static let example = ApprovalRule(
        id: "r1",
        scope: .session,
        sessionID: "s1",
        effect: .allow,
        tool: "Bash",
        pattern: "make *",
        createdBy: "Anonymous User",
        createdAt: .example
    )
}
