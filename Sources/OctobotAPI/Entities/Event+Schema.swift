import JSONText
package import OctobotModel

extension Event: ComponentDescribing {
    package static let schemaName = "Event"
    package static let definition = JSONSchema.tagged(
        by: "type",
        shape(
            .sessionUpdated,
            .session,
            .required("status", .enumeration(of: SessionStatus.self), "Its status now."),
            .required("commitStatus", .string, "Its commit status now; empty when there is none.")
        ),
        shape(
            .workspaceUpdated,
            .workspace,
            .required("status", .string, "Its status now, or `removed`.")
        ),
        shape(
            .jobCompleted,
            .required("jobId", .identifier, "The job."),
            .required("jobType", .enumeration(of: JobType.self), "What it did."),
            .required("resourceType", .string, "`workspace` or `session`."),
            .required("resourceId", .identifier, "The workspace or session."),
            .required("status", .enumeration(of: JobStatus.self), "How it ended."),
            .optional("error", .string, "Why it failed.")
        ),
        shape(
            .turnUpdated,
            .required("turnId", .identifier, "The turn."),
            .required("sessionId", .identifier, "Its session."),
            .required("state", .enumeration(of: TurnState.self), "Its state now."),
            .optional("reason", .string, "Why it ended that way.")
        ),
        shape(
            .approvalUpdated,
            .required("approvalId", .identifier, "The approval."),
            .required("sessionId", .identifier, "Its session."),
            .required("turnId", .identifier, "Its turn."),
            .required("state", .enumeration(of: Approval.State.self), "Its state now.")
        ),
        shape(
            .approvalRuleUpdated,
            .required("ruleId", .identifier, "The rule."),
            .required("status", JSONSchema(.enumeration(["created", "removed"])), "What happened to it.")
        ),
        shape(
            .agentUpdated,
            .agent,
            .required("status", JSONSchema(.enumeration(["created", "updated", "removed"])), "What happened to it.")
        ),
        shape(
            .credentialUpdated,
            .required("credentialId", .identifier, "The credential."),
            .required("provider", .string, "Whose models it is for."),
            .required("status", JSONSchema(.enumeration(["created", "updated", "removed"])), "What happened to it.")
        ),
        shape(.startupTaskUpdated, SystemStatus.Task.members),
        description: "A committed change of a project."
    )

    private static func shape(_ kind: Kind, _ members: JSONSchema.Member...) -> JSONSchema.Alternative {
        shape(kind, members)
    }

    private static func shape(_ kind: Kind, _ members: [JSONSchema.Member]) -> JSONSchema.Alternative {
        .record(
            kind.rawValue,
            .required("id", .identifier, "Its id."),
            .required("seq", .count, "Rises with every event."),
            .required("timestamp", .timestamp, "When it was written."),
            .required(
                "data",
                JSONSchema(.object(JSONSchema.ObjectRules(members: members, openness: .growing, exactlyOne: []))),
                "What changed."
            )
        )
    }

    /// What the documents show.
    package static let example = Event(
        id: "e42",
        seq: 42,
        type: .sessionUpdated,
        timestamp: .example,
        data: ["sessionId": "s1", "status": "running", "commitStatus": ""]
    )
}
