package import OctobotModel

/// Show what a session works on.
package enum ChatStatus: Operation {
    package static let name = "chat.status"
    package static let summary = "Show what a session works on"
    package static let description = """
        The running turn, the turns that wait, and the end of the chat log.
        """
    package static let access = Access.member
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(sessionID: "s1")
    package static let exampleResult = Result(sessionID: "s1", running: .example, queued: [], cursor: "chat.s1:7")

    package typealias Params = SessionTarget

    /// What a session works on.
    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        package var sessionID: SessionID
        package var running: Turn?
        package var queued: [Turn]
        package var cursor: String

        package init(sessionID: SessionID, running: Turn? = nil, queued: [Turn], cursor: String) {
            self.sessionID = sessionID
            self.running = running
            self.queued = queued
            self.cursor = cursor
        }

        private enum CodingKeys: String, CodingKey {
            case running, queued, cursor
            case sessionID = "sessionId"
        }

        package static let schemaName = "ChatState"
        package static let definition = JSONSchema.record(
            .session,
            .optional("running", .reference(to: Turn.self), "The turn under way."),
            .required("queued", .array(of: .reference(to: Turn.self)), "Turns that wait, the next first."),
            .required("cursor", .cursor, "The end of the chat log.")
        )
    }
}

/// Cancel a turn.
package enum CancelChat: Operation {
    package static let name = "chat.cancel"
    package static let summary = "Cancel a turn"
    package static let description = """
        The running one unless `turnId` says which; the turns after it go on. The turn is answered as `cancelled` \
        once its closing chunks are in the log.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/chat/{sessionId}/cancel", body: .ignored, shape: .custom)
    ]
    package static let errors: [FaultKind] = [.notFound, .invalidState]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(sessionID: "s1", turnID: "t1")
    package static let exampleResult = Turn.cancelledExample

    package typealias Result = Turn

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var turnID: TurnID?

        package init(projectID: ProjectID? = nil, sessionID: SessionID, turnID: TurnID? = nil) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.turnID = turnID
        }

        private enum CodingKeys: String, CodingKey {
            case projectID = "projectId"
            case sessionID = "sessionId"
            case turnID = "turnId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .optional("turnId", .identifier, "The turn; the running one when absent.")
        )
    }
}
