import JSONText
package import OctobotModel

/// Read a file of a workspace's working copy.
package enum ReadGitFile: Operation {
    package static let name = "git.read"
    package static let summary = "Read a file of a workspace's working copy, or of a commit"
    package static let description = """
        Without `ref` the file as it lies there. Links that lead out of the working copy, and what is inside `.git`, \
        are refused. At most 10 MiB.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [.get(gitPath("file"), query: ["path", "ref"])]
    package static let errors = GitErrors.reading + [.permissionDenied, .requestTooLarge]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(workspaceID: "w1", path: "notes/plan.txt", ref: "main")
    package static let exampleResult = GitFile(
        path: "notes/plan.txt",
        ref: "main",
        content: "forty-two\n",
        encoding: .utf8,
        size: 10
    )

    package typealias Result = GitFile

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID
        package var path: String
        /// A branch, tag or commit; the work tree when absent or empty.
        package var ref: String?

        package init(projectID: ProjectID? = nil, workspaceID: WorkspaceID, path: String, ref: String? = nil) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.path = path
            self.ref = ref
        }

        private enum CodingKeys: String, CodingKey {
            case path, ref
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            GitTarget.project,
            GitTarget.workspace,
            .required("path", GitTarget.file, "Relative to the repository."),
            .optional("ref", .string(0...256), "A branch, tag or commit; the work tree when absent or empty.")
        )
    }
}

/// A file's content.
package struct GitFile: Codable, Sendable, Equatable {
    package var path: String
    /// As asked for; empty for the work tree.
    package var ref: String
    package var content: String
    package var encoding: ContentEncoding
    package var size: Int

    package init(path: String, ref: String, content: String, encoding: ContentEncoding, size: Int) {
        self.path = path
        self.ref = ref
        self.content = content
        self.encoding = encoding
        self.size = size
    }
}

extension GitFile: ComponentDescribing {
    package static let schemaName = "GitFile"
    package static let definition = JSONSchema.record(
        .required("path", .string, "Relative to the repository."),
        .required("ref", .string, "As asked for; empty for the work tree."),
        .required("content", .string, "The file; Base64 where it is no UTF-8 text."),
        .required("encoding", .enumeration(of: ContentEncoding.self), "How `content` stands for bytes."),
        .required("size", .count, "Bytes of the file."),
        description: "A file of a working copy."
    )
}

/// Write a file of a workspace's working copy.
package enum WriteGitFile: Operation {
    package static let name = "git.write"
    package static let summary = "Write a file of a workspace's working copy"
    package static let description = """
        Folders above it are made. Nothing outside the working copy and nothing inside `.git` can be reached, by links \
        neither.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [.post(gitPath("file"), shape: .success)]
    package static let errors = GitErrors.reading + [.permissionDenied, .requestTooLarge]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(workspaceID: "w1", path: "notes/plan.txt", content: "forty-two\n")
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID
        package var path: String
        package var content: String
        package var encoding: ContentEncoding?

        package init(
            projectID: ProjectID? = nil,
            workspaceID: WorkspaceID,
            path: String,
            content: String,
            encoding: ContentEncoding? = nil
        ) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.path = path
            self.content = content
            self.encoding = encoding
        }

        private enum CodingKeys: String, CodingKey {
            case path, content, encoding
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            GitTarget.project,
            GitTarget.workspace,
            .required("path", GitTarget.file, "Relative to the repository."),
            .required("content", .string, "What the file shall hold."),
            .optional(
                "encoding",
                .enumeration(of: ContentEncoding.self).defaulting(to: "utf8"),
                "How `content` stands for bytes."
            )
        )
    }
}
