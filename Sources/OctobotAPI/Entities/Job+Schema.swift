package import OctobotModel

extension Job: ComponentDescribing {
    package static let schemaName = "Job"
    package static let definition = JSONSchema.record(
        .required("id", .identifier, "Its id."),
        .required("projectId", .identifier, "The project it belongs to."),
        .required("type", .enumeration(of: JobType.self), "What it does."),
        .required("resourceType", JSONSchema(.enumeration(["workspace", "session"])), "What it does it to."),
        .required("resourceId", .identifier, "The workspace or session."),
        .required("status", .enumeration(of: JobStatus.self), "How far it is."),
        .required("attempts", .count, "How often it was begun."),
        .required("maxAttempts", .count, "How often it may be begun."),
        .optional("error", .string, "Why it failed, for people."),
        .optional("reason", .string, "The finer reason, such as `poison`."),
        .required("createdAt", .timestamp, "When it was queued."),
        .required("scheduledAt", .timestamp, "When it is due."),
        .optional("startedAt", .timestamp, "When it was last begun."),
        .optional("completedAt", .timestamp, "When it ended."),
        description: "Work that outlives the call that asked for it."
    )

    /// What the documents show.
    package static let example = Job(
        id: "j1",
        projectID: .local,
        type: .sessionInit,
        resourceType: "session",
        resourceID: "s1",
        status: .running,
        attempts: 1,
        maxAttempts: 3,
        createdAt: .example,
        scheduledAt: .example,
        startedAt: .example
    )
    /// A job that did its work.
    package static let completedExample = example.ended(.completed)
    /// A job somebody cancelled before it began.
    package static let cancelledExample: Job = {
        var job = example.ended(.cancelled)
        job.attempts = 0
        job.startedAt = nil
        return job
    }()

    private func ended(_ status: JobStatus) -> Job {
        var job = self
        job.status = status
        job.completedAt = Timestamp.example.advanced(by: .seconds(3))
        return job
    }
}
