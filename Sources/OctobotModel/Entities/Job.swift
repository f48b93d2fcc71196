package import JSONText

/// What a job does.
package enum JobType: String, Sendable, Codable, CaseIterable {
    case workspaceInit = "workspace_init"
    case sessionInit = "session_init"
    case sessionDelete = "session_delete"
    case sessionCommit = "session_commit"
}

package enum JobStatus: String, Sendable, Codable, CaseIterable {
    case pending, running, completed, failed, cancelled

    package var isTerminal: Bool {
        switch self {
        case .pending, .running: false
        case .completed, .failed, .cancelled: true
        }
    }
}

/// Work that outlives the call that asked for it (decision 54).
package struct Job: Sendable, Codable, Equatable {
    package var id: JobID
    package var projectID: ProjectID
    package var type: JobType
    /// `workspace` or `session`.
    package var resourceType: String
    package var resourceID: String
    package var status: JobStatus
    package var attempts: Int
    package var maxAttempts: Int
    package var error: String?
    /// The finer reason of a failure, such as `poison`.
    package var reason: String?
    package var createdAt: Timestamp
    package var scheduledAt: Timestamp
    package var startedAt: Timestamp?
    package var completedAt: Timestamp?

    package init(
        id: JobID,
        projectID: ProjectID,
        type: JobType,
        resourceType: String,
        resourceID: String,
        status: JobStatus,
        attempts: Int,
        maxAttempts: Int,
        error: String? = nil,
        reason: String? = nil,
        createdAt: Timestamp,
        scheduledAt: Timestamp,
        startedAt: Timestamp? = nil,
        completedAt: Timestamp? = nil
    ) {
        self.id = id
        self.projectID = projectID
        self.type = type
        self.resourceType = resourceType
        self.resourceID = resourceID
        self.status = status
        self.attempts = attempts
        self.maxAttempts = maxAttempts
        self.error = error
        self.reason = reason
        self.createdAt = createdAt
        self.scheduledAt = scheduledAt
        self.startedAt = startedAt
        self.completedAt = completedAt
    }

    enum CodingKeys: String, CodingKey {
        case id, type, resourceType, status, attempts, maxAttempts, error, reason, createdAt, scheduledAt, startedAt
        case completedAt
        case projectID = "projectId"
        case resourceID = "resourceId"
    }
}

/// A committed change of a project, as every reader of its events sees it (rest-api.md §21).
package struct Event: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case sessionUpdated = "session_updated"
        case workspaceUpdated = "workspace_updated"
        case jobCompleted = "job_completed"
        case turnUpdated = "turn_updated"
        case approvalUpdated = "approval_updated"
        case approvalRuleUpdated = "approval_rule_updated"
        case agentUpdated = "agent_updated"
        case credentialUpdated = "credential_updated"
        case startupTaskUpdated = "startup_task_updated"
    }
    package var id: EventID
    package var seq: Int64
    package var type: Kind
    package var timestamp: Timestamp
    package var data: JSONValue
    package init(id: EventID, seq: Int64, type: Kind, timestamp: Timestamp, data: JSONValue) {
        self.id = id
        self.seq = seq
        self.type = type
        self.timestamp = timestamp
        self.data = data
    }
}
