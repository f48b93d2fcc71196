package import OctobotModel

/// Bring a session’s work back as commits.
package enum CommitSession: Operation {
    package static let name = "session.commit"
    package static let summary = "Bring a session’s work back as commits"
    package static let description = """
        Queues a job, named in `jobId`, that has the agent commit and rebase onto the target’s HEAD and then moves \
        the target wholly or not at all; `commitOutcome` says how it ended. Refused while a turn runs or waits, or \
        while a commit is under way.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/sessions/{sessionId}/commit", body: .ignored, shape: .success)
    ]
    package static let errors: [FaultKind] = [.notFound, .invalidState, .idempotencyConflict]
    package static let concurrency = Concurrency.serial(by: "sessionId")
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(sessionID: "s1", message: "Add the plan")
    package static let exampleResult = Session.example(commitStatus: .pending, jobID: "j2")

    package typealias Result = Session

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var message: String?

        package init(projectID: ProjectID? = nil, sessionID: SessionID, message: String? = nil) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.message = message
        }

        private enum CodingKeys: String, CodingKey {
            case message
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .optional("message", .string(1...65_536), "The message of the commit that takes up uncommitted changes.")
        )
    }
}
