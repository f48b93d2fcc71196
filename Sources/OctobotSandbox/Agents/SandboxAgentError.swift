/// Why a sandbox's agent did not do what it was asked for.
package enum SandboxAgentError: Error, Sendable, Equatable {
    /// No connection, or it broke; whether the request arrived is not known.
    case unreachable(String)
    /// It does not take our secret.
    case unauthorized
    case notFound
    /// Something else is under way; the turn it names, or an empty text.
    case conflict(String)
    /// Any other refusal, with the code or text of its body.
    case refused(status: Int, code: String, message: String)
    /// It answered something that cannot be read.
    case invalidAnswer(String)
}

extension SandboxAgentError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let message): message
        case .unauthorized: "the sandbox refused the secret"
        case .notFound: "the sandbox does not know it"
        case .conflict(let id): id.isEmpty ? "the agent is busy" : "the agent is busy with turn \(id)"
        case .refused(let status, _, let message): "refused with status \(status): \(message)"
        case .invalidAnswer(let message): "unreadable answer: \(message)"
        }
    }
}
