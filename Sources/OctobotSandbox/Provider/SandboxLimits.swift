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

/// What the operator wants every sandbox held to: `SANDBOX_MEMORY_MB`, `SANDBOX_CPUS`, `SANDBOX_PIDS`, `SANDBOX_DISK_MB`.
///
/// `nil` asks for no limit. What a provider can enforce of it is its ``SandboxProvider/limits``.
package struct SandboxLimitSettings: Sendable, Equatable {
    /// `SANDBOX_MEMORY_MB`.
    package var memoryMegabytes: Int?
    /// `SANDBOX_CPUS`.
    package var processors: Double?
    /// `SANDBOX_PIDS`: processes and threads.
    package var processes: Int?
    /// `SANDBOX_DISK_MB`: what the home may hold; no provider enforces it, octobotd looks now and then.
    package var diskMegabytes: Int?

    /// 4 GiB of memory, as many processors as there are, 4096 processes, 64 GiB of the disk.
    package static let standard = SandboxLimitSettings(
        memoryMegabytes: 4096,
        processors: nil,
        processes: 4096,
        diskMegabytes: 65_536
    )

    package init(memoryMegabytes: Int?, processors: Double?, processes: Int?, diskMegabytes: Int? = nil) {
        self.diskMegabytes = diskMegabytes
        self.memoryMegabytes = memoryMegabytes
        self.processors = processors
        self.processes = processes
    }

    /// For people, in ``ProviderStatus``.
    var diskDetail: String { diskMegabytes.map { "\($0) MiB, looked at now and then" } ?? "unlimited" }

    /// The same in the units of ``SandboxLimits``, as if all of it were enforced.
    package var limits: SandboxLimits {
        SandboxLimits(
            memoryBytes: memoryMegabytes.map { Int64($0) << 20 },
            processors: processors,
            processes: processes
        )
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
