/// Where a workspace's files come from.
package enum SourceType: String, Sendable, Codable, CaseIterable {
    /// A folder of the user's own; never cloned over, reset or deleted.
    case local
    /// A git URL, cloned by octobotd.
    case git
}

/// How far a workspace's repository is (behaviour.md §2.1).
package enum WorkspaceStatus: String, Sendable, Codable, CaseIterable {
    case initializing, cloning, ready, error
}

/// A repository that sessions work on.
package struct Workspace: Sendable, Codable, Equatable {
    package var id: WorkspaceID
    package var projectID: ProjectID
    /// A local path or a git URL.
    package var path: String
    package var displayName: String?
    package var sourceType: SourceType
    /// The sandbox provider, resolved when the workspace was created; it never changes by itself.
    package var provider: String
    package var status: WorkspaceStatus
    package var errorMessage: String?
    /// The absolute path of the working copy, once known.
    package var workDir: String?
    /// HEAD of the working copy when it was last read.
    package var commit: String?
    /// Filled by `workspace.get` only; empty in lists.
    package var sessions: [Session]
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: WorkspaceID,
        projectID: ProjectID,
        path: String,
        displayName: String? = nil,
        sourceType: SourceType,
        provider: String,
        status: WorkspaceStatus,
        errorMessage: String? = nil,
        workDir: String? = nil,
        commit: String? = nil,
        sessions: [Session] = [],
        createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.projectID = projectID
        self.path = path
        self.displayName = displayName
        self.sourceType = sourceType
        self.provider = provider
        self.status = status
        self.errorMessage = errorMessage
        self.workDir = workDir
        self.commit = commit
        self.sessions = sessions
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    enum CodingKeys: String, CodingKey {
        case id, path, displayName, sourceType, provider, status, errorMessage, workDir, commit, sessions, createdAt
        case updatedAt
        case projectID = "projectId"
    }
}

/// Whether a sandbox provider can be used now.
package struct ProviderStatus: Sendable, Codable, Equatable {
    package enum State: String, Sendable, Codable, CaseIterable {
        case ready, downloading, failed
        case notAvailable = "not_available"
    }
    package var available: Bool
    package var state: State
    /// What is missing and how to get it, when not available.
    package var message: String?
    /// What the provider enforces, such as `{"network":"proxy","memory":"none"}`.
    package var details: [String: String]?
    package init(available: Bool, state: State, message: String? = nil, details: [String: String]? = nil) {
        self.available = available
        self.state = state
        self.message = message
        self.details = details
    }
}
