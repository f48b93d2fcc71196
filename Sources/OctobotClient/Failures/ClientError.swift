/// What goes wrong between a client and the daemon, beside what the daemon itself refuses.
package enum ClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nobody listens on the socket, and nobody was or could be started.
    case unreachable(path: String, reason: String)
    /// The daemon was started and did not come up.
    case notStarted(reason: String, logFile: String)
    /// The connection was lost while a call was under way; it may have taken effect.
    case disconnected
    /// What the daemon sent cannot be understood.
    case unreadable(String)

    /// How `octoctl` ends after it (rpc.md §7).
    package var exitStatus: Int32 {
        switch self {
        case .unreachable, .notStarted, .disconnected: 69
        case .unreadable: 70
        }
    }

    package var description: String {
        switch self {
        case .unreachable(let path, let reason): "octobotd cannot be reached at \(path): \(reason)"
        case .notStarted(let reason, _): "octobotd did not start: \(reason)"
        case .disconnected: "The connection to octobotd was lost; the call may have taken effect."
        case .unreadable(let problem): "The daemon's answer cannot be read: \(problem)"
        }
    }

    /// What to do about it.
    package var hint: String? {
        switch self {
        case .unreachable: "Start octobotd, or leave out --no-spawn."
        case .notStarted(_, let logFile): "See \(logFile)."
        case .disconnected: "Look at the present state before you repeat it."
        case .unreadable: "Update octoctl and octobotd to the same version."
        }
    }
}
