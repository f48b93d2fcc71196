import JSONText
package import OctobotModel

/// Start the sandbox of a session.
package enum StartSession: Operation {
    package static let name = "session.start"
    package static let summary = "Start the sandbox of a session"
    package static let description = """
        Returns at once; a job does the work. A session that is running or starting is returned unchanged.
        """
    package static let access = Access.member
    package static let errors: [FaultKind] = [.notFound, .invalidState, .unavailable]
    package static let concurrency = Concurrency.serial(by: "sessionId")
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(sessionID: "s1")
    package static let exampleResult = Session.example(status: .reinitializing)

    package typealias Params = SessionTarget
    package typealias Result = Session
}

/// Stop the sandbox of a session.
package enum StopSession: Operation {
    package static let name = "session.stop"
    package static let summary = "Stop the sandbox of a session"
    package static let description = """
        Its data stays and the next prompt wakes it. Refused while turns run or wait, unless `force`, which cancels \
        them all.
        """
    package static let access = Access.member
    package static let errors: [FaultKind] = [.notFound, .invalidState, .upstreamFailed, .unavailable]
    package static let concurrency = Concurrency.serial(by: "sessionId")
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(sessionID: "s1", force: true)
    package static let exampleResult = Session.example(status: .stopped)

    package typealias Result = Session

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var force: Bool?

        package init(projectID: ProjectID? = nil, sessionID: SessionID, force: Bool? = nil) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.force = force
        }

        private enum CodingKeys: String, CodingKey {
            case force
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .optional("force", .boolean.defaulting(to: false), "Cancel running and waiting turns first.")
        )
    }
}
