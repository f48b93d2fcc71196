package import JSONText
package import OctobotModel

/// List the terminals of a session.
package enum ListTerminals: Operation {
    package static let name = "terminal.list"
    package static let summary = "List the terminals of a session"
    package static let description = """
        In the order they were opened, those that ended less than a minute ago included. Always one page. Does not wake \
        a sandbox; one that does not run has no terminals.
        """
    package static let access = Access.member
    package static let errors = FaultKind.byHand
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = SessionTarget(sessionID: "s1")
    package static let exampleResult = Page(items: [Terminal.example])

    package typealias Params = SessionTarget
    package typealias Result = Page<Terminal>
}

/// Show whether the sandbox behind a session's terminals runs.
package enum ReadTerminalStatus: Operation {
    package static let name = "terminal.status"
    package static let summary = "Show whether a session’s terminals can be reached"
    package static let description = "The state of the session's sandbox, which is not started for it."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/sessions/{sessionId}/terminal/status")
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = SessionTarget(sessionID: "s1")
    package static let exampleResult = TerminalStatus.example

    package typealias Params = SessionTarget
    package typealias Result = TerminalStatus
}

/// Show what was typed and printed.
package enum ReadTerminalHistory: Operation {
    package static let name = "terminal.history"
    package static let summary = "Show the recorded history of a session’s terminals"
    package static let description = "Nothing is recorded, so it is always empty: what people type is theirs."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/sessions/{sessionId}/terminal/history", query: [.custom("limit")])
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = SessionTarget(sessionID: "s1")
    package static let exampleResult = Result()

    package typealias Params = SessionTarget

    package struct Result: Codable, Sendable, Equatable, SchemaDescribing {
        /// Always empty.
        package var history: [JSONValue]

        package init() { history = [] }

        package static let schema = JSONSchema.record(
            .required("history", .array(of: .open()), "Always empty.")
        )
    }
}

/// The state of the sandbox that terminals are in (rest-api.md §17).
package struct TerminalStatus: Codable, Sendable, Equatable {
    package enum State: String, Sendable, Codable, CaseIterable {
        /// Its provider is not there.
        case unavailable
        case notCreated = "not_created"
        case created, running, stopped, failed
    }

    package var status: State
    /// What it was made from, where that is an image.
    package var image: String?
    /// When the session was created.
    package var createdAt: Timestamp?
    package var error: String?

    package init(status: State, image: String? = nil, createdAt: Timestamp? = nil, error: String? = nil) {
        self.status = status
        self.image = image
        self.createdAt = createdAt
        self.error = error
    }
}

extension TerminalStatus: ComponentDescribing {
    package static let schemaName = "TerminalStatus"
    package static let definition = JSONSchema.record(
        .required("status", .enumeration(of: State.self), "How far the sandbox is."),
        .optional("image", .string, "What it was made from, where that is an image."),
        .optional("createdAt", .timestamp, "When the session was created."),
        .optional("error", .string, "Why it failed or cannot be reached.")
    )

    static let example = TerminalStatus(status: .running, createdAt: Timestamp(milliseconds: 1_700_000_000_000))
}
