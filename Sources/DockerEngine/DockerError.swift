/// Why the engine did not do what it was asked for.
package enum DockerError: Error, Sendable, Equatable {
    /// There is nobody to connect to: not installed, not started, or just restarting. Nothing was asked of it.
    case engineAbsent(String)
    /// The connection broke; the engine may have done what it was asked for.
    case engineUnreachable(String)
    /// The socket is there, but this user may not use it.
    case permissionDenied(socket: String)
    /// The engine speaks no version of the API that we do.
    case versionUnsupported(engine: String)
    /// No answer came within the time the call has.
    case timedOut(String)
    /// 304: it is as it was asked to be already.
    case notModified
    /// 400
    case badRequest(String)
    /// 401 and 403, also a registry's.
    case unauthorized(String)
    /// 404
    case notFound(String)
    /// 409
    case conflict(String)
    /// Any other status, or a failure reported in the middle of an answer.
    case engineFailed(status: Int, message: String)
    /// It answered what cannot be read, or more than fits.
    case invalidAnswer(String)
    /// The caller's task was cancelled.
    case cancelled
}

extension DockerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .engineAbsent(let reason): "No Docker engine answers: \(reason)"
        case .engineUnreachable(let reason): "The connection to the Docker engine broke: \(reason)"
        case .permissionDenied(let socket): "The Docker engine's socket '\(socket)' may not be used by this user."
        case .versionUnsupported(let engine):
            "The Docker engine speaks version \(engine) of its API; \(DockerVersion.oldest) to \(DockerVersion.newest) is needed."
        case .timedOut(let call): "The Docker engine did not answer in time: \(call)"
        case .notModified: "Nothing changed."
        case .badRequest(let message), .unauthorized(let message), .notFound(let message), .conflict(let message):
            message
        case .engineFailed(let status, let message): "The Docker engine failed with status \(status): \(message)"
        case .invalidAnswer(let message): "The Docker engine's answer cannot be read: \(message)"
        case .cancelled: "The call was cancelled."
        }
    }
}
