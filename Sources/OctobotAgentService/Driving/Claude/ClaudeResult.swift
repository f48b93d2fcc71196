import AgentClientProtocol
import JSONText

/// How a turn of Claude Code ended, from its message `result`.
enum ClaudeResult {
    /// The reason, in the words of ACP.
    ///
    /// - Parameter isCancelled: whether it was interrupted.
    /// - Throws: what went wrong, with the words of the program.
    static func reason(_ result: JSONValue, isCancelled: Bool) throws(ACPError) -> AgentPeer.StopReason {
        if isCancelled { return .cancelled }
        switch result["subtype"]?.stringValue {
        case "error_max_turns": return .maxTurnRequests
        case "success" where result["is_error"]?.boolValue != true:
            switch result["stop_reason"]?.stringValue {
            case "max_tokens", "model_context_window_exceeded": return .maxTokens
            case "refusal": return .refusal
            default: return .endTurn
            }
        default: throw error(result)
        }
    }

    /// What a failed turn says.
    static func error(_ result: JSONValue) -> ACPError {
        let errors = (result["errors"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: "\n")
        let text = result["result"]?.stringValue ?? ""
        let message = !text.isEmpty ? text : !errors.isEmpty ? errors : "Claude Code could not do the turn."
        if let status = result["api_error_status"]?.integerValue, refusesCredential(status) {
            return unauthorized(message)
        }
        // Said without a request when there is no credential at all.
        if message.contains("/login") { return unauthorized(message) }
        return ACPError(code: ACPError.internalCode, message: message)
    }

    /// Whether an HTTP status means that trying again with the same credential is of no use.
    static func refusesCredential(_ status: Int64) -> Bool { status == 401 || status == 403 }

    /// The credential was refused.
    static func unauthorized(_ message: String) -> ACPError {
        ACPError(code: ACPError.authenticationRequiredCode, message: message)
    }
}
