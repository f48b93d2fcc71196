import OctobotModel

/// What the status of an error says, whichever route it comes from.
enum ErrorStatus {
    static func description(of status: Int) -> String {
        switch status {
        case 400: "The request breaks a rule; `details.pointer` says where."
        case 401: "Nobody is logged in."
        case 403: "The caller may not do this, or this page or program may not use the gateway."
        case 404: "There is no such object in this project, or no such path."
        case 408: "The body did not arrive in time."
        case 409: "The object’s state does not admit it, or it exists already, or was changed meanwhile."
        case 410: "What the cursor or code stands for is no longer kept."
        case 413: "The body is too large."
        case 415: "The body is not JSON in UTF-8."
        case 421: "The host is not one the gateway answers to."
        case 422: "git does not know the revision."
        case 426: "A WebSocket of version 13 must be asked for with the first request of a connection."
        case 429: "Too many at once; `Retry-After` says when to try again."
        case 431: "The header is too large."
        case 499: "The call was cancelled."
        case 500: "A fault of the daemon; its log has it under the request’s id."
        case 502: "Something the daemon depends on failed."
        case 503: "Something the daemon needs is missing, or it is overloaded or about to end."
        case 504: "It took too long."
        case 507: "The answer is too large."
        default: "It failed."
        }
    }

    /// A kind of fault that has this status, for the examples.
    static func kind(of status: Int) -> String {
        let kind: FaultKind? =
            switch status {
            case 400, 422: .invalidParams
            case 408: .deadlineExceeded
            case 409: .invalidState
            case 415, 426: .invalidRequest
            case 421: .permissionDenied
            case 431: .requestTooLarge
            case 503: .unavailable
            default: FaultKind.allCases.first { $0.wire.status == status }
            }
        return (kind ?? .internalError).rawValue
    }
}
