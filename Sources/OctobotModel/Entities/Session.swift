/// Where a session's sandbox is in its life (behaviour.md §2.2).
package enum SessionStatus: String, Sendable, Codable, CaseIterable {
    case initializing, reinitializing, cloning
    case pullingImage = "pulling_image"
    case creatingSandbox = "creating_sandbox"
    case ready, running, stopped, error, removing
    /// Only ever in the last event of a session.
    case removed
}

/// Where bringing the commits back is (behaviour.md §2.3); absent means none was asked for.
package enum CommitStatus: String, Sendable, Codable, CaseIterable {
    case pending, committing, completed, failed
}

/// How a commit ended (decision 18).
package enum CommitOutcome: String, Sendable, Codable, CaseIterable {
    case committed, nothingToCommit, conflict, targetDirty, targetMoved, targetBusy, targetDetached, targetChanged
    case patchRefused
}

/// What becomes of an agent's requests for permission.
///
/// Decided in the sandbox, before anybody is asked: `auto` allows everything, `edits` allows changes of files and asks the
/// rest, `plan` refuses changes and commands and asks the rest, `ask` asks everything.
package enum PermissionMode: String, Sendable, Codable, CaseIterable {
    case ask, auto, edits, plan
}

/// How much a model should reason.
package enum Reasoning: String, Sendable, Codable, CaseIterable {
    case enabled, disabled
}

/// One conversation with an agent in its own sandbox and its own clone.
package struct Session: Sendable, Codable, Equatable {
    package var id: SessionID
    package var projectID: ProjectID
    package var workspaceID: WorkspaceID
    package var agentID: AgentID?
    package var name: String
    package var displayName: String?
    package var description: String
    package var status: SessionStatus
    /// When it came into this status, and what brought it there.
    package var since: Timestamp
    package var cause: StateCause
    package var errorMessage: String?
    package var commitStatus: CommitStatus?
    package var commitError: String?
    package var commitOutcome: CommitOutcome?
    package var baseCommit: String?
    package var appliedCommit: String?
    package var model: String?
    package var reasoning: Reasoning?
    package var permissionMode: PermissionMode
    /// The sandbox provider, copied from the workspace.
    package var provider: String
    /// What the sandbox enforces or does not, such as `network=host`; empty when nothing is weakened.
    package var isolationNotes: [String]
    /// The host folder the sandbox was built from, and its commit; fixed at first initialisation.
    package var workspacePath: String?
    package var workspaceCommit: String?
    /// The local workspace had uncommitted changes when the session was created; the sandbox does not see them.
    package var workspaceDirty: Bool?
    /// Always empty; the stock client expects the member.
    package var files: [String]
    /// The job a `session.commit` or `session.delete` queued; only in their answers.
    package var jobID: JobID?
    /// Same as `updatedAt`; the stock client reads this name.
    package var timestamp: Timestamp
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: SessionID,
        projectID: ProjectID,
        workspaceID: WorkspaceID,
        agentID: AgentID? = nil,
        name: String,
        displayName: String? = nil,
        status: SessionStatus,
        errorMessage: String? = nil,
        commitStatus: CommitStatus? = nil,
        commitError: String? = nil,
        commitOutcome: CommitOutcome? = nil,
        baseCommit: String? = nil,
        appliedCommit: String? = nil,
        model: String? = nil,
        reasoning: Reasoning? = nil,
        permissionMode: PermissionMode,
        provider: String,
        isolationNotes: [String] = [],
        workspacePath: String? = nil,
        workspaceCommit: String? = nil,
        workspaceDirty: Bool? = nil,
        jobID: JobID? = nil,
        createdAt: Timestamp,
        updatedAt: Timestamp,
        since: Timestamp? = nil,
        cause: StateCause = .unknown
    ) {
        self.id = id
        self.projectID = projectID
        self.workspaceID = workspaceID
        self.agentID = agentID
        self.name = name
        self.displayName = displayName
        self.description = ""
        self.status = status
        self.since = since ?? createdAt
        self.cause = cause
        self.errorMessage = errorMessage
        self.commitStatus = commitStatus
        self.commitError = commitError
        self.commitOutcome = commitOutcome
        self.baseCommit = baseCommit
        self.appliedCommit = appliedCommit
        self.model = model
        self.reasoning = reasoning
        self.permissionMode = permissionMode
        self.provider = provider
        self.isolationNotes = isolationNotes
        self.workspacePath = workspacePath
        self.workspaceCommit = workspaceCommit
        self.workspaceDirty = workspaceDirty
        self.files = []
        self.jobID = jobID
        self.timestamp = updatedAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    enum CodingKeys: String, CodingKey {
        case id, name, displayName, description, status, since, cause, errorMessage, commitStatus, commitError
        case commitOutcome
        case baseCommit, appliedCommit, model, reasoning, permissionMode, provider, isolationNotes, workspacePath
        case workspaceCommit, workspaceDirty, files, timestamp, createdAt, updatedAt
        case projectID = "projectId"
        case workspaceID = "workspaceId"
        case agentID = "agentId"
        case jobID = "jobId"
    }
}

/// A deleted session whose unmerged work is kept for a while (decision 19).
package struct KeptSession: Sendable, Codable, Equatable {
    package var sessionID: SessionID
    package var workspaceID: WorkspaceID
    package var name: String
    package var keptAt: Timestamp
    /// When its data is deleted for good: 14 days after `keptAt`.
    package var expiresAt: Timestamp
    package init(
        sessionID: SessionID,
        workspaceID: WorkspaceID,
        name: String,
        keptAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.sessionID = sessionID
        self.workspaceID = workspaceID
        self.name = name
        self.keptAt = keptAt
        self.expiresAt = expiresAt
    }
    enum CodingKeys: String, CodingKey {
        case name, keptAt, expiresAt
        case sessionID = "sessionId"
        case workspaceID = "workspaceId"
    }
}
