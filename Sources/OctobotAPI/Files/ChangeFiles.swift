import HTTPTypes
package import OctobotModel

/// Delete a file or folder of a session's workspace.
package enum DeleteSessionFile: Operation {
    package static let name = "file.delete"
    package static let summary = "Delete a file or folder of a session's workspace"
    package static let description = """
        A folder goes with all that is in it; links are deleted, not followed. Starts a stopped sandbox.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/sessions/{sessionId}/files/delete")
    ]
    package static let errors = FaultKind.byHand
    package static let concurrency = Concurrency.serial(by: "path")
    package static let isIdempotent = false
    package static let isDurable = false
    package static let exampleParams = Params(sessionID: "s1", path: "notes")
    package static let exampleResult = DeletedFile(path: "notes", type: .directory)

    package typealias Result = DeletedFile

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var path: String

        package init(projectID: ProjectID? = nil, sessionID: SessionID, path: String) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.path = path
        }

        private enum CodingKeys: String, CodingKey {
            case path
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .filePath("path", "What to delete, relative to the workspace.")
        )
    }
}

/// What ``DeleteSessionFile`` answers.
package struct DeletedFile: Codable, Sendable, Equatable, SchemaDescribing {
    package var path: String
    package var type: FileKind

    package init(path: String, type: FileKind) {
        self.path = path
        self.type = type
    }

    package static let schema = JSONSchema.record(
        .required("path", .string, "What was deleted, relative to the workspace."),
        .required("type", .enumeration(of: FileKind.self), "What it was.")
    )
}

/// Rename a file or folder of a session's workspace.
package enum RenameSessionFile: Operation {
    package static let name = "file.rename"
    package static let summary = "Rename a file or folder of a session's workspace"
    package static let description = """
        Makes the folders above the new place and replaces a file that is there. Starts a stopped sandbox.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/sessions/{sessionId}/files/rename")
    ]
    package static let errors = FaultKind.byHand
    package static let isIdempotent = false
    package static let isDurable = false
    package static let exampleParams = Params(sessionID: "s1", oldPath: "notes/plan.txt", newPath: "plan.txt")
    package static let exampleResult = RenamedFile(oldPath: "notes/plan.txt", newPath: "plan.txt")

    package typealias Result = RenamedFile

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var oldPath: String
        package var newPath: String

        package init(projectID: ProjectID? = nil, sessionID: SessionID, oldPath: String, newPath: String) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.oldPath = oldPath
            self.newPath = newPath
        }

        private enum CodingKeys: String, CodingKey {
            case oldPath, newPath
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .filePath("oldPath", "What to rename, relative to the workspace."),
            .filePath("newPath", "What it is to be called, relative to the workspace.")
        )
    }
}

/// What ``RenameSessionFile`` answers.
package struct RenamedFile: Codable, Sendable, Equatable, SchemaDescribing {
    package var oldPath: String
    package var newPath: String

    package init(oldPath: String, newPath: String) {
        self.oldPath = oldPath
        self.newPath = newPath
    }

    package static let schema = JSONSchema.record(
        .required("oldPath", .string, "What it was called."),
        .required("newPath", .string, "What it is called now.")
    )
}
