/// `POST /commands`: runs a program and answers with records of its output; closing the connection kills it.
package struct RunCommand: Sendable, Codable, Equatable {
    /// Program and arguments; no shell looks at them.
    package var arguments: [String]
    /// Added to the environment shells get.
    package var environment: [String: String]?
    /// Relative to the workspace or absolute; the workspace when absent.
    package var directory: String?
    /// Base64.
    package var input: String?
    /// When everything it started is killed, in milliseconds.
    package var timeout: Int
    /// Bytes of output and errors together; what is beyond them is read and dropped.
    package var outputLimit: Int

    package init(
        arguments: [String],
        environment: [String: String]? = nil,
        directory: String? = nil,
        input: String? = nil,
        timeout: Int,
        outputLimit: Int
    ) {
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.input = input
        self.timeout = timeout
        self.outputLimit = outputLimit
    }

    private enum CodingKeys: String, CodingKey {
        case outputLimit
        case arguments = "argv"
        case environment = "env"
        case directory = "cwd"
        case input = "stdin"
        case timeout = "timeoutMs"
    }
}

/// How a command ended: the JSON of its last record.
package struct CommandEnd: Sendable, Codable, Equatable {
    /// Its exit status; absent when a signal ended it.
    package var exitCode: Int?
    /// The number of the signal that ended it.
    package var signal: Int?
    package var isTimedOut: Bool
    /// Whether output was dropped.
    package var isTruncated: Bool

    package init(exitCode: Int? = nil, signal: Int? = nil, isTimedOut: Bool = false, isTruncated: Bool = false) {
        self.exitCode = exitCode
        self.signal = signal
        self.isTimedOut = isTimedOut
        self.isTruncated = isTruncated
    }

    private enum CodingKeys: String, CodingKey {
        case exitCode, signal
        case isTimedOut = "timedOut"
        case isTruncated = "truncated"
    }
}

/// `GET /stats`: what the sandbox uses, as seen from inside.
package struct SandboxUse: Sendable, Codable, Equatable {
    /// Resident memory of all processes, shared pages counted once where the kernel tells.
    package var memoryBytes: Int64
    /// Processor time of all processes since the sandbox started.
    package var cpuMilliseconds: Int64
    package var processes: Int
    /// What the home folder holds; `nil` while it has not been counted yet.
    package var diskBytes: Int64?
    /// `true` when it holds more than was counted: counting is bounded.
    package var isDiskPartial: Bool?

    package init(
        memoryBytes: Int64,
        cpuMilliseconds: Int64,
        processes: Int,
        diskBytes: Int64?,
        isDiskPartial: Bool? = nil
    ) {
        self.memoryBytes = memoryBytes
        self.cpuMilliseconds = cpuMilliseconds
        self.processes = processes
        self.diskBytes = diskBytes
        self.isDiskPartial = isDiskPartial
    }
}
