package import OctobotModel

/// What a session's sandbox uses and may use.
package struct SessionStats: Codable, Sendable, Equatable {
    package var state: SessionStatus
    /// Resident memory of all processes.
    package var memoryBytes: Int64?
    package var memoryLimitBytes: Int64?
    /// Processor time of all processes since the sandbox started.
    package var cpuMilliseconds: Int64?
    /// Processors, such as 1.5.
    package var cpuLimit: Double?
    package var processes: Int?
    package var processLimit: Int?
    /// What the home folder holds, the workspace included.
    package var diskBytes: Int64?
    /// `true` when it holds more than was counted: counting is bounded.
    package var diskPartial: Bool?
    /// Beyond it the sandbox is stopped.
    package var diskLimitBytes: Int64?
    /// Terminals whose program runs.
    package var terminals: Int?
    package var lastActivityAt: Timestamp?

    package init(
        state: SessionStatus,
        memoryBytes: Int64? = nil,
        memoryLimitBytes: Int64? = nil,
        cpuMilliseconds: Int64? = nil,
        cpuLimit: Double? = nil,
        processes: Int? = nil,
        processLimit: Int? = nil,
        diskBytes: Int64? = nil,
        diskPartial: Bool? = nil,
        diskLimitBytes: Int64? = nil,
        terminals: Int? = nil,
        lastActivityAt: Timestamp? = nil
    ) {
        self.state = state
        self.memoryBytes = memoryBytes
        self.memoryLimitBytes = memoryLimitBytes
        self.cpuMilliseconds = cpuMilliseconds
        self.cpuLimit = cpuLimit
        self.processes = processes
        self.processLimit = processLimit
        self.diskBytes = diskBytes
        self.diskPartial = diskPartial
        self.diskLimitBytes = diskLimitBytes
        self.terminals = terminals
        self.lastActivityAt = lastActivityAt
    }
}

extension SessionStats: ComponentDescribing {
    package static let schemaName = "SessionStats"
    package static let definition = JSONSchema.record(
        .required("state", .enumeration(of: SessionStatus.self), "The state of the session."),
        .optional("memoryBytes", .count, "Resident memory of all its processes; absent while it does not run."),
        .optional("memoryLimitBytes", .count, "How much memory it may use; absent where nothing is enforced."),
        .optional("cpuMilliseconds", .count, "Processor time of all processes since it started."),
        .optional("cpuLimit", .number, "How many processors it may use; absent where nothing is enforced."),
        .optional("processes", .count, "How many processes it has."),
        .optional("processLimit", .count, "How many it may have; absent where nothing is enforced."),
        .optional("diskBytes", .count, "What its home folder holds; absent until it has been counted."),
        .optional("diskPartial", .boolean, "True when the home holds more than was counted; counting is bounded."),
        .optional("diskLimitBytes", .count, "What its home may hold before it is stopped; absent for any amount."),
        .optional("terminals", .count, "How many terminals are open."),
        .optional("lastActivityAt", .timestamp, "When somebody last used it."),
        description: "What the sandbox of a session uses and may use."
    )
}
