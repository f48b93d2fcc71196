package import OctobotModel

/// Why a provider could not do what it was asked for.
package enum SandboxError: Error, Sendable, Equatable {
    case notFound(SessionID)
    case alreadyExists(SessionID)
    case notRunning(SessionID)
    case alreadyRunning(SessionID)
    /// Something this host lacks; `hint` says what to install or enable.
    case unavailable(component: String, message: String, hint: String)
    /// The sandbox did not come up; `log` holds the last lines it wrote.
    case startFailed(message: String, log: String)
    /// Sandboxes use what should go; the text says which.
    case inUse(String)
    case failed(String)
}

extension SandboxError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound(let id): "There is no sandbox of session '\(id)'."
        case .alreadyExists(let id): "Session '\(id)' has a sandbox already."
        case .notRunning(let id): "The sandbox of session '\(id)' does not run."
        case .alreadyRunning(let id): "The sandbox of session '\(id)' runs already."
        case .unavailable(let component, let message, let hint): "\(component): \(message) \(hint)"
        case .startFailed(let message, let log): log.isEmpty ? message : "\(message)\n\(log)"
        case .inUse(let message), .failed(let message): message
        }
    }
}
