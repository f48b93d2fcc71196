/// Which failure a fault is; the stable symbol sent as `error.data.type` and REST `code` (rpc.md §7).
package enum FaultKind: String, Sendable, Codable, CaseIterable {
    case parseError = "ParseError"
    case invalidRequest = "InvalidRequest"
    case methodNotFound = "MethodNotFound"
    case invalidParams = "InvalidParams"
    case internalError = "Internal"
    case cancelled = "Cancelled"
    case unauthenticated = "Unauthenticated"
    case permissionDenied = "PermissionDenied"
    case notFound = "NotFound"
    case alreadyExists = "AlreadyExists"
    case versionConflict = "VersionConflict"
    case invalidState = "InvalidState"
    case idempotencyConflict = "IdempotencyConflict"
    case overloaded = "Overloaded"
    case rateLimited = "RateLimited"
    case deadlineExceeded = "DeadlineExceeded"
    case shuttingDown = "ShuttingDown"
    case upstreamFailed = "UpstreamFailed"
    case unavailable = "Unavailable"
    case requestTooLarge = "RequestTooLarge"
    case responseTooLarge = "ResponseTooLarge"
    case tooManySubscriptions = "TooManySubscriptions"
    case tooManyConnections = "TooManyConnections"
    case cursorExpired = "CursorExpired"
    case cursorInvalid = "CursorInvalid"
    case subscriptionNotFound = "SubscriptionNotFound"
    case unsupportedProtocol = "UnsupportedProtocol"
}

extension FaultKind {
    /// JSON-RPC code, HTTP status, `octoctl` exit status and whether the same call may succeed later.
    package struct Wire: Sendable, Equatable {
        package var code: Int
        package var status: Int
        package var exit: Int32
        package var isRetryable: Bool
    }

    /// The only table from faults to wires (rpc.md §7).
    package var wire: Wire {
        switch self {
        case .parseError: Wire(code: -32700, status: 400, exit: 70, isRetryable: false)
        case .invalidRequest: Wire(code: -32600, status: 400, exit: 70, isRetryable: false)
        case .methodNotFound: Wire(code: -32601, status: 404, exit: 64, isRetryable: false)
        case .invalidParams: Wire(code: -32602, status: 400, exit: 64, isRetryable: false)
        case .internalError: Wire(code: -32603, status: 500, exit: 70, isRetryable: false)
        case .cancelled: Wire(code: -32800, status: 499, exit: 130, isRetryable: false)
        case .unauthenticated: Wire(code: 1001, status: 401, exit: 77, isRetryable: false)
        case .permissionDenied: Wire(code: 1002, status: 403, exit: 77, isRetryable: false)
        case .notFound: Wire(code: 1101, status: 404, exit: 3, isRetryable: false)
        case .alreadyExists: Wire(code: 1102, status: 409, exit: 4, isRetryable: false)
        case .versionConflict: Wire(code: 1103, status: 409, exit: 4, isRetryable: false)
        case .invalidState: Wire(code: 1104, status: 409, exit: 4, isRetryable: false)
        case .idempotencyConflict: Wire(code: 1105, status: 409, exit: 4, isRetryable: false)
        case .overloaded: Wire(code: 1201, status: 503, exit: 75, isRetryable: true)
        case .rateLimited: Wire(code: 1202, status: 429, exit: 75, isRetryable: true)
        case .deadlineExceeded: Wire(code: 1203, status: 504, exit: 5, isRetryable: true)
        case .shuttingDown: Wire(code: 1204, status: 503, exit: 75, isRetryable: true)
        case .upstreamFailed: Wire(code: 1205, status: 502, exit: 69, isRetryable: true)
        case .unavailable: Wire(code: 1206, status: 503, exit: 69, isRetryable: true)
        case .requestTooLarge: Wire(code: 1301, status: 413, exit: 64, isRetryable: false)
        case .responseTooLarge: Wire(code: 1302, status: 507, exit: 6, isRetryable: false)
        case .tooManySubscriptions: Wire(code: 1304, status: 429, exit: 75, isRetryable: true)
        case .tooManyConnections: Wire(code: 1305, status: 503, exit: 75, isRetryable: true)
        case .cursorExpired: Wire(code: 1401, status: 410, exit: 7, isRetryable: false)
        case .cursorInvalid: Wire(code: 1402, status: 400, exit: 64, isRetryable: false)
        case .subscriptionNotFound: Wire(code: 1403, status: 404, exit: 3, isRetryable: false)
        case .unsupportedProtocol: Wire(code: 1501, status: 400, exit: 76, isRetryable: false)
        }
    }

    /// The kind a JSON-RPC code stands for, as a client reads it.
    package init?(code: Int) {
        guard let kind = Self.allCases.first(where: { $0.wire.code == code }) else { return nil }
        self = kind
    }
}
