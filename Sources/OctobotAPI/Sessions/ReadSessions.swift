package import OctobotModel

/// List sessions.
package enum ListSessions: Operation {
    package static let name = "session.list"
    package static let summary = "List sessions"
    package static let description = """
        Newest first; those of one workspace or of the whole project. A workspace that does not exist has none.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/workspaces/{workspaceId}/sessions", shape: .list("sessions"))
    ]
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(workspaceID: "w1")
    package static let exampleResult = Page(items: [Session.example()])

    package typealias Result = Page<Session>

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped, Paged {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID?
        package var limit: Int?
        package var cursor: String?

        package init(
            projectID: ProjectID? = nil,
            workspaceID: WorkspaceID? = nil,
            limit: Int? = nil,
            cursor: String? = nil
        ) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.limit = limit
            self.cursor = cursor
        }

        private enum CodingKeys: String, CodingKey {
            case limit, cursor
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .optional("workspaceId", .identifier, "Only sessions of this workspace."),
            .limit,
            .cursor
        )
    }
}

/// Show a session.
package enum GetSession: Operation {
    package static let name = "session.get"
    package static let summary = "Show a session"
    package static let description = "Never wakes its sandbox."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/sessions/{sessionId}")
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(sessionID: "s1")
    package static let exampleResult = Session.example()

    package typealias Params = SessionTarget
    package typealias Result = Session
}

/// List the messages of a session.
package enum ListMessages: Operation {
    package static let name = "session.messages"
    package static let summary = "List the messages of a session"
    package static let description = """
        In the order of the conversation, as far as turns have ended; folded from the chat log, without waking the \
        sandbox.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/sessions/{sessionId}/messages", shape: .list("messages"))
    ]
    package static let errors: [FaultKind] = [.notFound, .cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(sessionID: "s1")
    package static let exampleResult = Page(items: [ChatMessage.example])

    package typealias Result = Page<ChatMessage>

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped, Paged {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var limit: Int?
        package var cursor: String?

        package init(projectID: ProjectID? = nil, sessionID: SessionID, limit: Int? = nil, cursor: String? = nil) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.limit = limit
            self.cursor = cursor
        }

        private enum CodingKeys: String, CodingKey {
            case limit, cursor
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .limit,
            .cursor
        )
    }
}
