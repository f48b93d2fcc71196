import HTTPTypes
import JSONText
package import OctobotModel

/// Write a file of a session's workspace.
package enum WriteSessionFile: Operation {
    package static let name = "file.write"
    package static let summary = "Write a file of a session's workspace"
    package static let description = """
        Replaces the file, or makes it with the folders above it. With `version` or `originalContent` the file is left \
        alone when it is not what the writer had read: VersionConflict, with the present content of a file that is \
        not large. Starts a stopped sandbox.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .put("/api/projects/{projectId}/sessions/{sessionId}/files/write")
    ]
    package static let errors = FaultKind.byHand + [.versionConflict, .requestTooLarge]
    package static let concurrency = Concurrency.serial(by: "path")
    package static let isIdempotent = false
    package static let isDurable = false
    package static let exampleParams = Params(
        sessionID: "s1",
        path: "notes/plan.txt",
        content: "forty-two\n",
        version: "9f86d081884c7d65"
    )
    package static let exampleResult = WrittenFile(path: "notes/plan.txt", size: 10, version: "7d38b5cd25a2baf8")

    package typealias Result = WrittenFile

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var path: String
        package var content: String
        package var encoding: ContentEncoding?
        package var version: String?
        package var originalContent: String?

        package init(
            projectID: ProjectID? = nil,
            sessionID: SessionID,
            path: String,
            content: String,
            encoding: ContentEncoding? = nil,
            version: String? = nil,
            originalContent: String? = nil
        ) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.path = path
            self.content = content
            self.encoding = encoding
            self.version = version
            self.originalContent = originalContent
        }

        private enum CodingKeys: String, CodingKey {
            case path, content, encoding, version, originalContent
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .filePath("path", "The file, relative to the workspace."),
            .required("content", .string, "All the file is to hold."),
            .optional(
                "encoding",
                .enumeration(of: ContentEncoding.self).defaulting(to: "utf8"),
                "How `content` and `originalContent` are written."
            ),
            .optional("version", .string(0...128), "What `file.read` said; empty for a file that must be new."),
            .optional("originalContent", .string, "What the file held when it was read.")
        )
    }
}

/// What ``WriteSessionFile`` answers.
package struct WrittenFile: Codable, Sendable, Equatable, SchemaDescribing {
    package var path: String
    package var size: Int
    package var version: String

    package init(path: String, size: Int, version: String) {
        self.path = path
        self.size = size
        self.version = version
    }

    package static let schema = JSONSchema.record(
        .required("path", .string, "The file, relative to the workspace."),
        .required("size", .count, "The bytes that were written."),
        .required("version", .string(1...128), "The version that was written.")
    )
}
