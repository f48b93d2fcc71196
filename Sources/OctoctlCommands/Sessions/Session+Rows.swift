import OctobotModel

extension Session {
    /// The name people read.
    var title: String {
        if let displayName, !displayName.isEmpty { return displayName }
        return name
    }

    /// How bringing the commits back went, in one word.
    var commitSummary: String? { commitOutcome?.rawValue ?? commitStatus?.rawValue }
}

extension Session: Tabular {
    static let columns = ["ID", "STATUS", "COMMIT", "UPDATED", "NAME"]
    var cells: [String] { [id.rawValue, status.rawValue, commitSummary ?? "", updatedAt.short, title] }
}

extension Session: Describable {
    var fields: [Field] {
        [
            Field("id", id.rawValue), Field("name", name), Field("shown as", displayName),
            Field("workspace", workspaceID.rawValue), Field("agent", agentID?.rawValue),
            Field("status", status.rawValue), Field("since", since.short), Field("because", cause.text),
            Field("error", errorMessage),
            Field("permissions", permissionMode.rawValue), Field("model", model),
            Field("reasoning", reasoning?.rawValue),
            Field("provider", provider), Field("isolation", isolationNotes.joined(separator: ", ")),
            Field("started from", workspaceCommit), Field("commit", commitSummary), Field("commit error", commitError),
            Field("applied as", appliedCommit), Field("job", jobID?.rawValue), Field("created", createdAt.short),
            Field("updated", updatedAt.short),
        ].compactMap { $0 }
    }
}

extension KeptSession: Tabular {
    static let columns = ["SESSION", "WORKSPACE", "KEPT", "UNTIL", "NAME"]
    var cells: [String] { [sessionID.rawValue, workspaceID.rawValue, keptAt.short, expiresAt.short, name] }
}
