import JSONText
import OctobotModel
import OctobotSandbox
import SandboxAgentAPI

extension SandboxError {
    var fault: Fault {
        switch self {
        case .notFound: Fault(.upstreamFailed, "The session's sandbox is gone.", reason: "sandbox.notFound")
        case .alreadyExists: Fault(.upstreamFailed, "The sandbox exists already.", reason: "sandbox.exists")
        case .notRunning: Fault(.upstreamFailed, "The sandbox does not run.", reason: "sandbox.notRunning")
        case .alreadyRunning: Fault(.upstreamFailed, "The sandbox runs already.", reason: "sandbox.running")
        case .unavailable(let component, let message, let hint): .unavailable(component, message, hint: hint)
        case .startFailed(let message, let log):
            Fault(
                .upstreamFailed,
                message,
                reason: "sandbox.startFailed",
                details: log.isEmpty ? [:] : ["log": .string(log)]
            )
        case .inUse(let message): .invalidState(message, reason: "sandbox.inUse", state: "inUse")
        case .failed(let message): Fault(.upstreamFailed, message, reason: "sandbox.failed")
        }
    }
}

extension SandboxAgentError {
    /// Whether asking again gets the same answer.
    var isPermanent: Bool {
        switch self {
        case .unauthorized, .invalidAnswer, .refused(400..<500, _, _): true
        case .unreachable, .notFound, .conflict, .refused: false
        }
    }

    func fault(doing what: String) -> Fault {
        switch self {
        case .unreachable(let message):
            Fault(.upstreamFailed, "The sandbox did not answer while \(what): \(message)", reason: "agent.unreachable")
        case .unauthorized:
            Fault(.upstreamFailed, "The sandbox refused octobotd's secret.", reason: "agent.unauthorized")
        case .notFound: Fault(.notFound, "The sandbox does not know it.", reason: "agent.notFound")
        case .conflict(let id):
            Fault(.invalidState, "The agent is busy.", reason: "agent.busy", details: ["turnId": .string(id)])
        case .refused(let status, let code, let message):
            switch status {
            case 400: Fault(.invalidParams, message, reason: code)
            case 403: Fault(.permissionDenied, message, reason: code)
            case 404: Fault(.notFound, message, reason: code)
            case 409 where code == ErrorBody.versionConflict:
                Fault(.versionConflict, "The file is not the one that was read.", reason: code)
            case 409 where code == ErrorBody.serviceAlreadyRunning:
                .invalidState(message, reason: code, state: "running")
            case 413: Fault(.requestTooLarge, message, reason: code)
            case 429: Fault(.overloaded, message, reason: code)
            case 507:
                Fault(
                    .upstreamFailed,
                    "The disk of the sandbox is full: \(message)",
                    reason: "sandbox.diskFull",
                    hint: "Delete what is not needed, in the sandbox or on the disk it lies on."
                )
            default: Fault(.upstreamFailed, message, reason: code)
            }
        case .invalidAnswer(let message):
            Fault(.upstreamFailed, "The sandbox's answer could not be read: \(message)", reason: "agent.invalidAnswer")
        }
    }
}
