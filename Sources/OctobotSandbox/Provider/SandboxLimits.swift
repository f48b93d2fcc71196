package import OctobotModel

/// What a provider holds each sandbox to; `nil` where it enforces nothing.
package struct SandboxLimits: Sendable, Equatable {
    package var memoryBytes: Int64?
    /// Processors, such as 1.5.
    package var processors: Double?
    package var processes: Int?

    package init(memoryBytes: Int64? = nil, processors: Double? = nil, processes: Int? = nil) {
        self.memoryBytes = memoryBytes
        self.processors = processors
        self.processes = processes
    }
}

/// A store of downloads and build products that sandboxes of one project share (rest-api.md §7).
package struct SandboxCache: Sendable, Equatable {
    /// `octobot-cache-<project>`.
    package var name: String
    package var projectID: ProjectID
    /// Where it lies on this host.
    package var path: String
    package var createdAt: Timestamp?
    /// What it holds, where that is known.
    package var bytes: Int64?

    package init(name: String, projectID: ProjectID, path: String, createdAt: Timestamp? = nil, bytes: Int64? = nil) {
        self.name = name
        self.projectID = projectID
        self.path = path
        self.createdAt = createdAt
        self.bytes = bytes
    }
}
