package import OctobotModel

extension Session: ComponentDescribing {
    package static let schemaName = "Session"
    package static let definition = JSONSchema.record(
        .required("id", .identifier, "Its id."),
        .required("projectId", .identifier, "The project it belongs to."),
        .required("workspaceId", .identifier, "The workspace it works on."),
        .optional("agentId", .identifier, "The agent; absent when it was removed."),
        .required("name", .string, "Given, or made from the first prompt."),
        .optional("displayName", .string, "Shown to people instead of the name."),
        .required("description", .string, "Always empty."),
        .required("status", .enumeration(of: SessionStatus.self), "Where its sandbox is."),
        .required("since", .timestamp, "When it came into this status."),
        .required("cause", .reference(to: StateCause.self), "What brought it there."),
        .optional("errorMessage", .string, "Why the status is `error`."),
        .optional("commitStatus", .enumeration(of: CommitStatus.self), "Where bringing the commits back is."),
        .optional("commitError", .string, "Why the commit failed."),
        .optional("commitOutcome", .enumeration(of: CommitOutcome.self), "How the last commit ended."),
        .optional("baseCommit", .string, "The target’s commit the work was put onto."),
        .optional("appliedCommit", .string, "The target’s commit that has the work."),
        .optional("model", .string, "The model of the next turn."),
        .optional("reasoning", .enumeration(of: Reasoning.self), "How much the model should reason."),
        .required("permissionMode", .enumeration(of: PermissionMode.self), "What becomes of requests for permission."),
        .required("provider", .string, "The sandbox provider, copied from the workspace."),
        .required(
            "isolationNotes",
            .array(of: .string),
            "What the sandbox does not enforce; empty when nothing is weaker."
        ),
        .optional("workspacePath", .string, "The host folder the sandbox was built from."),
        .optional("workspaceCommit", .string, "The commit the sandbox was built from."),
        .optional("workspaceDirty", .boolean, "Whether the folder had changes that the sandbox does not see."),
        .required("files", .array(of: .string, count: 0...0), "Always empty; the stock client expects it."),
        .optional("jobId", .identifier, "The job this call queued."),
        .required("timestamp", .timestamp, "The same as `updatedAt`."),
        .required("createdAt", .timestamp, "When it was made."),
        .required("updatedAt", .timestamp, "When it last changed."),
        description: "One conversation with an agent in its own sandbox and its own clone."
    )

    /// What the documents show.
    package static func example(
        status: SessionStatus = .ready,
        commitStatus: CommitStatus? = nil,
        jobID: JobID? = nil
    ) -> Session {
        Session(
            id: "s1",
            projectID: .local,
            workspaceID: "w1",
            agentID: "a1",
            name: "Fix the tests",
            status: status,
            commitStatus: commitStatus,
            permissionMode: .ask,
            provider: "local",
            workspacePath: "/home/ada/engine",
            workspaceCommit: exampleCommit,
            workspaceDirty: false,
            jobID: jobID,
            createdAt: .example,
            updatedAt: .example,
            cause: StateCause(.job, "The sandbox is up.", jobID: "j1")
        )
    }
}

extension StateCause: ComponentDescribing {
    package static let schemaName = "StateCause"
    package static let definition = JSONSchema.record(
        .required("kind", .enumeration(of: Kind.self), "Who or what brought about the state."),
        .optional("text", .string, "What happened, for people."),
        .optional("jobId", .identifier, "The job that did it."),
        .optional("turnId", .identifier, "The turn that did it."),
        description: "The evidence for a state."
    )
}

extension KeptSession: ComponentDescribing {
    package static let schemaName = "KeptSession"
    package static let definition = JSONSchema.record(
        .required("sessionId", .identifier, "What `session.restore` takes."),
        .required("workspaceId", .identifier, "The workspace it worked on."),
        .required("name", .string, "Its name."),
        .required("keptAt", .timestamp, "When it was deleted."),
        .required("expiresAt", .timestamp, "When its data is deleted for good."),
        description: "A deleted session whose unmerged work is kept for a while."
    )

    /// What the documents show.
    package static let example = KeptSession(
        sessionID: "s1",
        workspaceID: "w1",
        name: "Fix the tests",
        keptAt: .example,
        expiresAt: Timestamp.example.advanced(by: .seconds(14 * 86_400))
    )
}
