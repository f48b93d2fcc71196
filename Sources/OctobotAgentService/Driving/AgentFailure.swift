import AgentClientProtocol
import SandboxAgentAPI

/// Why the agent could not do a turn, in words for the person.
struct AgentFailure: Error, CustomStringConvertible {
    var description: String

    /// The agent refused for want of a credential.
    static func unauthorized(_ entry: AgentCatalogue.Entry, _ error: ACPError) -> AgentFailure {
        let variables = entry.credentialVariables.joined(separator: " or ")
        let advice = variables.isEmpty ? "log it in first" : "set \(variables)"
        return AgentFailure(description: "\(entry.name) needs a credential: \(advice). (\(error))")
    }

    /// The text of any error of a turn.
    static func describing(_ error: any Error, _ entry: AgentCatalogue.Entry) -> AgentFailure {
        switch error {
        case let failure as AgentFailure: failure
        case let error as ACPError where error.code == ACPError.authenticationRequiredCode: unauthorized(entry, error)
        case let error as ACPError: AgentFailure(description: error.description)
        case let error as AgentProcess.StartFailure: AgentFailure(description: error.description)
        default: AgentFailure(description: "The agent failed: \(error)")
        }
    }
}
