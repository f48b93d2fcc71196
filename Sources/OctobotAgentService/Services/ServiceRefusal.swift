import HTTPTypes
import SandboxAgentAPI

/// Why a service is not started, stopped or shown.
enum ServiceRefusal: Error, Equatable {
    case notFound(String)
    case alreadyRunning(String, pid: Int)
    case notRunning(String)
    /// It is a port without a script.
    case passive(String)
    case shuttingDown(String)

    /// Status and body of the refusal (agent-api.md §12.3).
    var wire: HTTPRefusal {
        switch self {
        case .notFound(let id):
            HTTPRefusal(
                .notFound,
                ErrorBody(
                    ErrorBody.serviceNotFound,
                    message: "The workspace has no service '\(id.prefix(100))' in .octobot/services.",
                    serviceID: id
                )
            )
        case .alreadyRunning(let id, let pid):
            HTTPRefusal(
                .conflict,
                ErrorBody(
                    ErrorBody.serviceAlreadyRunning,
                    message: "The service '\(id)' runs already, as process \(pid).",
                    serviceID: id,
                    pid: pid
                )
            )
        case .notRunning(let id):
            HTTPRefusal(
                .badRequest,
                ErrorBody(
                    ErrorBody.serviceNotRunning,
                    message: "The service '\(id)' does not run.",
                    serviceID: id
                )
            )
        case .passive(let id):
            HTTPRefusal(
                .badRequest,
                ErrorBody(
                    ErrorBody.servicePassive,
                    message: "The service '\(id)' only declares a port; it has no script to run.",
                    serviceID: id
                )
            )
        case .shuttingDown(let id):
            HTTPRefusal(
                .serviceUnavailable,
                ErrorBody("shutting_down", message: "The sandbox is being stopped.", serviceID: id)
            )
        }
    }
}
