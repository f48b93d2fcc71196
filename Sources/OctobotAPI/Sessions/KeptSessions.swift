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

    package typealias Params = ProjectPage
    package typealias Result = Page<KeptSession>
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
            .project,
            .required("sessionId", .identifier, "The kept session.")
        )
    }
}
