/// The body of every refusal (agent-api.md §1).
package struct ErrorBody: Sendable, Codable, Equatable {
    /// A text for people or one of the codes named in the specification.
    package var error: String
    package var message: String?
    /// The turn that is in the way, with `completion_in_progress`.
    package var completionID: String?
    /// The files in conflict, with `conflict`.
    package var files: [String]?
    /// The service that is refused.
    package var serviceID: String?
    /// The process that runs already, with `service_already_running`.
    package var pid: Int?
    /// The port that does not answer, with `connection_refused` and `proxy_error`.
    package var port: Int?

    package init(
        _ error: String,
        message: String? = nil,
        completionID: String? = nil,
        files: [String]? = nil,
        serviceID: String? = nil,
        pid: Int? = nil,
        port: Int? = nil
    ) {
        self.error = error
        self.message = message
        self.completionID = completionID
        self.files = files
        self.serviceID = serviceID
        self.pid = pid
        self.port = port
    }

    private enum CodingKeys: String, CodingKey {
        case error, message, files, pid, port
        case completionID = "completionId"
        case serviceID = "serviceId"
    }

    package static let completionInProgress = "completion_in_progress"
    package static let noActiveCompletion = "no_active_completion"
    package static let conflict = "conflict"
    package static let invalidParent = "invalid_parent"
    package static let notGitRepository = "not_git_repo"
    package static let parentMismatch = "parent_mismatch"
    package static let noCommits = "no_commits"
    /// The file is not the one the writer had read.
    package static let versionConflict = "version_conflict"
    /// As many terminals are open as may be, ``AgentLimit/terminals``.
    package static let tooManyTerminals = "too_many_terminals"
    /// The program in the terminal does not read what is typed.
    package static let terminalStalled = "terminal_stalled"
    /// The terminal's program has ended.
    package static let terminalEnded = "terminal_ended"
    /// Rows and columns are 1 to 1000.
    package static let invalidSize = "invalid_size"
    /// The program is not in the sandbox.
    package static let commandNotFound = "command_not_found"
    /// As many commands run as may at a time.
    package static let tooManyCommands = "too_many_commands"
    /// The workspace declares no such service.
    package static let serviceNotFound = "service_not_found"
    package static let serviceAlreadyRunning = "service_already_running"
    package static let serviceNotRunning = "service_not_running"
    /// It is a port without a script.
    package static let servicePassive = "service_is_passive"
    package static let serviceHasNoPort = "service_no_port"
    /// Nothing listens on the service's port yet.
    package static let connectionRefused = "connection_refused"
    package static let proxyError = "proxy_error"
}
