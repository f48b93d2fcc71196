import HTTPTypes
import JSONText
package import OctobotModel

/// Show what a session changed.
package enum DiffSession: Operation {
    package static let name = "session.diff"
    package static let summary = "Show what a session changed"
    package static let description = """
        Its working tree, untracked files included, against the commit it started from. Tracked files come first. \
        With `path` the answer has exactly that file, `unchanged` if it is. Starts a stopped sandbox.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        HTTPBinding(
            .get,
            "/api/projects/{projectId}/sessions/{sessionId}/diff",
            query: ["path", "format"],
            shape: .element(list: "files", whenGiven: "path")
        )
    ]
    package static let errors: [FaultKind] = [.notFound, .invalidState, .upstreamFailed, .unavailable]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(sessionID: "s1", format: .full)
    package static let exampleResult = SessionDiff.example

    package typealias Result = SessionDiff

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var path: String?
        package var format: Format?

        package init(projectID: ProjectID? = nil, sessionID: SessionID, path: String? = nil, format: Format? = nil) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.path = path
            self.format = format
        }

        private enum CodingKeys: String, CodingKey {
            case path, format
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .optional("path", .path, "Only this file, relative to the repository."),
            .optional(
                "format",
                .enumeration(of: Format.self).defaulting(to: "full"),
                "Whether to leave out counts and patches."
            )
        )
    }

    /// How much a diff tells.
    package enum Format: String, Sendable, Codable, CaseIterable {
        /// Counts and patches.
        case full
        /// Names and states only.
        case files
    }
}
