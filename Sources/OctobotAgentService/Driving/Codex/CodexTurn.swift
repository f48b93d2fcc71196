import JSONText
import SandboxAgentAPI

/// What happens to a turn as a whole.
enum CodexTurnEvent: Sendable, Equatable {
    /// It runs and can be interrupted.
    case started(turnID: String)
    /// The provider refuses the credential; Codex would go on trying.
    case refused(CodexFailure)
    case ended(Status, CodexFailure?)

    enum Status: Sendable, Equatable {
        case completed
        case interrupted
        case failed
    }

    /// `nil` for notifications that are about something else.
    init?(_ method: String, _ params: JSONValue) {
        switch method {
        case "turn/started":
            guard let id = params["turn"]?["id"]?.stringValue else { return nil }
            self = .started(turnID: id)
        case "turn/completed":
            let status: Status? =
                switch params["turn"]?["status"]?.stringValue {
                case "completed": .completed
                case "interrupted": .interrupted
                case "failed": .failed
                default: nil
                }
            guard let status else { return nil }
            self = .ended(status, params["turn"]?["error"].flatMap(CodexFailure.init))
        case "error":
            guard let failure = params["error"].flatMap(CodexFailure.init), failure.kind == .unauthorized else {
                return nil
            }
            self = .refused(failure)
        default:
            return nil
        }
    }
}

/// Why a turn failed (`TurnError` of the app server).
struct CodexFailure: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case unauthorized
        case usageLimit
        case contextFull
        case other
    }
    var kind: Kind
    var message: String

    init?(_ json: JSONValue) {
        guard let text = json["message"]?.stringValue else { return nil }
        let details = json["additionalDetails"]?.stringValue ?? ""
        let info = json["codexErrorInfo"]
        let status = info?.objectValue?.values.compactMap { $0["httpStatusCode"]?.integerValue }.first
        kind =
            switch (info?.stringValue, status) {
            case ("unauthorized", _), (_, 401?): .unauthorized
            case ("usageLimitExceeded", _), ("rateLimitExceeded", _), ("sessionBudgetExceeded", _), (_, 429?):
                .usageLimit
            case ("contextWindowExceeded", _): .contextFull
            default: .other
            }
        // While it tries again the message only says so.
        message = details.isEmpty || (kind == .other && !text.isEmpty) ? text : details
        if kind == .other, !details.isEmpty, details != text { message += "\n" + details }
    }

    /// One text for the person: what is wrong, what to do, and the provider's own words.
    func text(for entry: AgentCatalogue.Entry, hasCredential: Bool) -> String {
        let variables = entry.credentialVariables.joined(separator: " or ")
        return switch kind {
        case .unauthorized where hasCredential:
            "\(entry.name)'s credential was refused: check \(variables). (\(message))"
        case .unauthorized: "\(entry.name) needs a credential: set \(variables). (\(message))"
        case .usageLimit: "\(entry.name)'s usage limit is reached: try again later or raise it. (\(message))"
        case .contextFull: "The conversation is too long for the model: begin a new session. (\(message))"
        case .other: "\(entry.name) failed: \(message)"
        }
    }
}
