import HTTPTypes
import JSONText
package import OctobotModel

/// List a folder of a session's workspace.
package enum ListSessionFiles: Operation {
    package static let name = "file.list"
    package static let summary = "List a folder of a session's workspace"
    package static let description = """
        The whole folder, folders first, then by name. Starts a stopped sandbox. Paths are relative to the workspace; \
        what leads out of it, by links too, is refused.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/sessions/{sessionId}/files", query: ["path", "hidden"])
    ]
    package static let errors = FaultKind.byHand
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(sessionID: "s1", path: ".", hidden: true)
    package static let exampleResult = SessionFolder.example

    package typealias Result = SessionFolder

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var path: String?
        package var hidden: Bool?

        package init(projectID: ProjectID? = nil, sessionID: SessionID, path: String? = nil, hidden: Bool? = nil) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.path = path
            self.hidden = hidden
        }

        private enum CodingKeys: String, CodingKey {
            case path, hidden
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .optional(
                "path",
                .bytes(0...4096).defaulting(to: "."),
                "The folder, relative to the workspace; the workspace when empty."
            ),
            .optional("hidden", .boolean.defaulting(to: false), "Also names that begin with a dot.")
        )
    }
}

/// Read a file of a session's workspace.
package enum ReadSessionFile: Operation {
    package static let name = "file.read"
    package static let summary = "Read a file of a session's workspace"
    package static let description = """
        A file of up to 10 MiB at once, a larger one in parts with `offset` and `length`. Text is answered as it is, \
        anything else as Base64. Starts a stopped sandbox, except with `fromBase`, which reads the file as it was in \
        the commit the session started from, or last brought back.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get(
            "/api/projects/{projectId}/sessions/{sessionId}/files/read",
            query: ["path", "fromBase", "offset", "length"]
        )
    ]
    package static let errors = FaultKind.byHand + [.requestTooLarge]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(sessionID: "s1", path: "notes/plan.txt", offset: 0, length: 65_536)
    package static let exampleResult = SessionFile.example

    /// The most bytes one call reads.
    package static let largestPart = 10 << 20

    package typealias Result = SessionFile

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var path: String
        package var fromBase: Bool?
        package var offset: Int?
        package var length: Int?

        package init(
            projectID: ProjectID? = nil,
            sessionID: SessionID,
            path: String,
            fromBase: Bool? = nil,
            offset: Int? = nil,
            length: Int? = nil
        ) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.path = path
            self.fromBase = fromBase
            self.offset = offset
            self.length = length
        }

        private enum CodingKeys: String, CodingKey {
            case path, fromBase, offset, length
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .filePath("path", "The file, relative to the workspace."),
            .optional(
                "fromBase",
                .boolean.defaulting(to: false),
                "The file as it was before the session, without waking its sandbox."
            ),
            .optional("offset", .count.defaulting(to: 0), "The first byte wanted; nothing lies beyond the end."),
            .optional(
                "length",
                .integer(1...Int64(largestPart)),
                "How many bytes are wanted; up to the end when absent."
            )
        )
    }
}
