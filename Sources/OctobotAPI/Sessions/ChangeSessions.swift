package import OctobotModel

/// Rename a session.
package enum UpdateSession: Operation {
    package static let name = "session.update"
    package static let summary = "Rename a session"
    package static let description = """
        `name` replaces the name; `displayName` overrides it for people, `null` or an empty text ends that. \
        `status` stops or starts the sandbox as `session.stop` and `session.start` do.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .put("/api/projects/{projectId}/sessions/{sessionId}", ignoredWhenEmpty: ["name", "status"]),
        .patch("/api/projects/{projectId}/sessions/{sessionId}", ignoredWhenEmpty: ["name", "status"]),
    ]
    package static let errors: [FaultKind] = [.notFound, .invalidState, .upstreamFailed, .unavailable]
    package static let concurrency = Concurrency.serial(by: "sessionId")
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(sessionID: "s1", displayName: .null)
    package static let exampleResult = Session.example()

    package typealias Result = Session

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var name: String?
        package var displayName: Patch<String>
        package var status: Wish?

        package init(
            projectID: ProjectID? = nil,
            sessionID: SessionID,
            name: String? = nil,
            displayName: Patch<String> = .absent,
            status: Wish? = nil
        ) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.name = name
            self.displayName = displayName
            self.status = status
        }

        private enum CodingKeys: String, CodingKey {
            case name, displayName, status
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .optional("name", .title, "The new name."),
            .optional("displayName", .nullable(.string(0...1000)), "The name shown instead; `null` clears it."),
            .optional("status", .enumeration(of: Wish.self), "Stops the sandbox, or starts it.")
        )
    }

    /// What may be asked of a session's sandbox.
    package enum Wish: String, Codable, Sendable, CaseIterable {
        case stopped, ready
    }
}

/// Delete a session.
package enum DeleteSession: Operation {
    package static let name = "session.delete"
    package static let summary = "Delete a session"
    package static let description = """
        Cancels all its turns and queues a job, named in `jobId`, that removes the sandbox and at last the session. \
        Unmerged work is kept for 14 days (`session.kept`). A session being removed is returned unchanged.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .delete("/api/projects/{projectId}/sessions/{sessionId}")
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let concurrency = Concurrency.serial(by: "sessionId")
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(sessionID: "s1")
    package static let exampleResult = Session.example(status: .removing, jobID: "j1")

    package typealias Params = SessionTarget
    package typealias Result = Session
}
