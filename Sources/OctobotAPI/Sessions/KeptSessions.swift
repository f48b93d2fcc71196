package import OctobotModel

/// List deleted sessions whose work is kept.
package enum ListKeptSessions: Operation {
    package static let name = "session.kept"
    package static let summary = "List deleted sessions whose work is kept"
    package static let description = "Those deleted with unmerged work in the last 14 days."
    package static let access = Access.member
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params()
    package static let exampleResult = Page(items: [KeptSession.example])

    package typealias Result = Page<KeptSession>

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped, Paged {
        package var projectID: ProjectID?
        package var limit: Int?
        package var cursor: String?

        package init(projectID: ProjectID? = nil, limit: Int? = nil, cursor: String? = nil) {
            self.projectID = projectID
            self.limit = limit
            self.cursor = cursor
        }

        private enum CodingKeys: String, CodingKey {
            case limit, cursor
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .optional("projectId", .identifier, "The project; `local` when absent."),
            .optional("limit", .pageSize, "How many items the page may have."),
            .optional("cursor", .cursor, "`nextCursor` of the page before; the first page when absent.")
        )
    }
}

/// Bring back a deleted session whose work is kept.
package enum RestoreSession: Operation {
    package static let name = "session.restore"
    package static let summary = "Bring back a deleted session whose work is kept"
    package static let description = """
        The session returns as `stopped`, with its data and its messages.
        """
    package static let access = Access.member
    package static let errors: [FaultKind] = [.notFound, .invalidState, .alreadyExists]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(sessionID: "s1")
    package static let exampleResult = Session.example(status: .stopped)

    package typealias Result = Session

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID

        package init(projectID: ProjectID? = nil, sessionID: SessionID) {
            self.projectID = projectID
            self.sessionID = sessionID
        }

        private enum CodingKeys: String, CodingKey {
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .optional("projectId", .identifier, "The project; `local` when absent."),
            .required("sessionId", .identifier, "The kept session.")
        )
    }
}
