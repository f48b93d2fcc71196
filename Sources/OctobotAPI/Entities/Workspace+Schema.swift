package import OctobotModel

extension Workspace: ComponentDescribing {
    package static let schemaName = "Workspace"
    package static let definition = JSONSchema.record(
        .required("id", .identifier, "Its id."),
        .required("projectId", .identifier, "The project it belongs to."),
        .required("path", .string(1...4096), "A folder of this host or a git URL."),
        .optional("displayName", .string, "A name for people instead of the path."),
        .required("sourceType", .enumeration(of: SourceType.self), "Whether the path is a folder or a URL."),
        .required("provider", .string, "The sandbox provider of its sessions; it never changes by itself."),
        .required("status", .enumeration(of: WorkspaceStatus.self), "How far its repository is."),
        .optional("errorMessage", .string, "Why the status is `error`."),
        .optional("workDir", .string, "The absolute path of the working copy, once known."),
        .optional("commit", .string, "HEAD of the working copy when it was last read."),
        .required("sessions", .array(of: .reference(to: Session.self)), "Filled by `workspace.get` only."),
        .required("createdAt", .timestamp, "When it was made."),
        .required("updatedAt", .timestamp, "When it last changed."),
        description: "A repository that sessions work on."
    )

    /// What the documents show.
    package static func example(status: WorkspaceStatus = .ready, sessions: [Session] = []) -> Workspace {
        Workspace(
            id: "w1",
            projectID: .local,
            path: "/home/ada/engine",
            displayName: "Engine",
            sourceType: .local,
            provider: "local",
            status: status,
            workDir: status == .ready ? "/home/ada/engine" : nil,
            commit: status == .ready ? exampleCommit : nil,
            sessions: sessions,
            createdAt: .example,
            updatedAt: .example
        )
    }
}

/// The commit of all examples.
let exampleCommit = "9fceb02d0ae598e95dc970b74767f19372d61af8"

extension ProviderStatus: ComponentDescribing {
    package static let schemaName = "ProviderStatus"
    package static let definition = JSONSchema.record(
        .required("available", .boolean, "Whether it can make sandboxes now."),
        .required("state", .enumeration(of: State.self), "How far it is."),
        .optional("message", .string, "What is missing and how to get it."),
        .optional("details", .map(to: .string), "What it enforces, such as `network`: `proxy`."),
        description: "Whether a sandbox provider can be used."
    )

    /// What the documents show.
    package static let example = ProviderStatus(
        available: true,
        state: .ready,
        details: ["network": "proxy", "memory": "none"]
    )
}
