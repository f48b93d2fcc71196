import JSONText
import OctobotModel

/// Refusals that HTTP has a status for and the table of faults has not.
struct Refusal: Error, Sendable {
    var fault: Fault
    var status: Int
    /// The methods for `Allow`.
    var allow: String?
    /// Whether the client is told to ask for a WebSocket.
    var asksForUpgrade = false

    static func host(_ host: String?) -> Refusal {
        Refusal(
            fault: Fault(
                .permissionDenied,
                "The host '\((host ?? "").prefix(200))' is not one this gateway answers to.",
                reason: "http.host",
                hint: "Use the address the gateway prints, or add the host to ALLOWED_HOSTS."
            ),
            status: 421
        )
    }

    static let origin = Refusal(
        fault: Fault(
            .permissionDenied,
            "Pages of this origin may not use the gateway.",
            reason: "http.origin",
            hint: "Add the origin to CORS_ORIGINS."
        ),
        status: 403
    )

    static let peer = Refusal(
        fault: Fault(
            .permissionDenied,
            "Only programs of the daemon's user may use the gateway while login is off.",
            reason: "http.peer"
        ),
        status: 403
    )

    static let contentType = Refusal(
        fault: Fault(
            .invalidRequest,
            "A body must be JSON.",
            reason: "http.contentType",
            hint: "Send Content-Type: application/json."
        ),
        status: 415
    )

    static let idempotencyKey = Refusal(
        fault: .invalidParams(
            "Idempotency-Key must have 1 to 128 bytes.",
            pointer: "",
            rule: "maxLength",
            expected: "1 to 128 bytes"
        ),
        status: 400
    )

    static func path(_ path: String) -> Refusal {
        Refusal(
            fault: Fault(
                .methodNotFound,
                "There is nothing at '\(path.prefix(200))'.",
                reason: "http.path",
                hint: "GET /api/status shows that the gateway works."
            ),
            status: 404
        )
    }

    static func method(_ method: String, allow: String) -> Refusal {
        Refusal(
            fault: Fault(
                .methodNotFound,
                "\(method.prefix(32)) is not possible here.",
                reason: "http.method",
                details: ["allowed": .string(allow)]
            ),
            status: 405,
            allow: allow
        )
    }

    static let noUpgrade = Refusal(
        fault: Fault(
            .invalidRequest,
            "A terminal is a WebSocket, and this request asks for none.",
            reason: "http.upgrade",
            hint: "Connect with the scheme ws:, or use terminal.open and terminal.subscribe."
        ),
        status: 400
    )

    static let handshake = Refusal(
        fault: Fault(.invalidRequest, "Sec-WebSocket-Key must be 16 bytes in Base64.", reason: "http.upgrade"),
        status: 400
    )

    static let upgradeRequired = Refusal(
        fault: Fault(
            .invalidRequest,
            "A terminal is a WebSocket of version 13, asked for with the first request of a connection.",
            reason: "http.upgrade",
            hint: "Open a new connection for it."
        ),
        status: 426,
        asksForUpgrade: true
    )

    static let bodyTimeout = Refusal(
        fault: Fault(.deadlineExceeded, "The body did not arrive in time.", reason: "http.bodyTimeout"),
        status: 408
    )

    static let unreadable = Refusal(
        fault: Fault(.invalidRequest, "The request is not well-formed HTTP/1.1.", reason: "http.syntax"),
        status: 400
    )

    static let headerTooLarge = Refusal(
        fault: Fault(.requestTooLarge, "The header is too large.", reason: "http.header"),
        status: 431
    )
}
