import HTTPTypes
import JSONText
package import OctobotModel

/// Read a file of a working copy.
package enum ReadGitFile: Operation {
    package static let name = "git.read"
    package static let summary = "Read a file of a workspace's working copy, or of a commit"
    package static let description = """
        As it lies in the working copy; with `ref` as it is in that commit, of at most 64 MiB. Up to 10 MiB at once, a \
        larger one in parts with `offset` and `length`. Text is answered as it is, anything else as Base64. What leads \
        out of the working copy or into `.git`, by links too, is refused.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        HTTPBinding(
            .get,
            gitPath("file"),
            query: ["path", "ref", "offset", "length"],
            ignoredWhenEmpty: ["ref"]
        )
    ]
    package static let errors = FaultKind.byHand + [.permissionDenied, .requestTooLarge]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(workspaceID: "w1", path: "notes/plan.txt")
    package static let exampleResult = GitFile.example

    package typealias Result = GitFile

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID
        package var path: String
        /// A branch, tag or commit; the work tree when absent.
        package var ref: String?
        package var offset: Int?
        package var length: Int?

        package init(
            projectID: ProjectID? = nil,
            workspaceID: WorkspaceID,
            path: String,
            ref: String? = nil,
            offset: Int? = nil,
            length: Int? = nil
        ) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.path = path
            self.ref = ref
            self.offset = offset
            self.length = length
        }

        private enum CodingKeys: String, CodingKey {
            case path, ref, offset, length
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .workspace,
            .filePath("path", "The file, relative to the repository."),
            .optional("ref", .revision, "A branch, tag or commit; the working copy when absent."),
            .optional("offset", .count.defaulting(to: 0), "The first byte wanted; nothing lies beyond the end."),
            .optional(
                "length",
                .integer(1...Int64(ReadSessionFile.largestPart)),
                "How many bytes are wanted; up to the end when absent."
            )
        )
    }
}

/// Write a file of a working copy.
package enum WriteGitFile: Operation {
    package static let name = "git.write"
    package static let summary = "Write a file of a workspace's working copy"
    package static let description = """
        Replaces the file at once and whole, or makes it with the folders above it; a file that was there keeps its \
        mode. With `version` or `originalContent` the file is left alone when it is not what the writer had read: \
        VersionConflict, with the present content of a file that is not large. Links are not written through, and \
        nothing outside the working copy or in `.git` is written. At most 16 MiB; nothing is staged.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [.post(gitPath("file"), shape: .successAndEntity)]
    package static let errors = FaultKind.byHand + [.permissionDenied, .versionConflict, .requestTooLarge]
    package static let concurrency = Concurrency.serial(by: "workspaceId")
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(
        workspaceID: "w1",
        path: "notes/plan.txt",
        content: "forty-two\n",
        version: "9f86d081884c7d65"
    )
    package static let exampleResult = WrittenFile(path: "notes/plan.txt", size: 10, version: "7d38b5cd25a2baf8")

    /// The most bytes a file that is written may have.
    package static let largestFile = 16 << 20

    package typealias Result = WrittenFile

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID
        package var path: String
        package var content: String
        package var encoding: ContentEncoding?
        package var version: String?
        package var originalContent: String?

        package init(
            projectID: ProjectID? = nil,
            workspaceID: WorkspaceID,
            path: String,
            content: String,
            encoding: ContentEncoding? = nil,
            version: String? = nil,
            originalContent: String? = nil
        ) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.path = path
            self.content = content
            self.encoding = encoding
            self.version = version
            self.originalContent = originalContent
        }

        private enum CodingKeys: String, CodingKey {
            case path, content, encoding, version, originalContent
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .workspace,
            .filePath("path", "The file, relative to the repository."),
            .required("content", .string, "All the file is to hold."),
            .optional(
                "encoding",
                .enumeration(of: ContentEncoding.self).defaulting(to: "utf8"),
                "How `content` and `originalContent` are written."
            ),
            .optional("version", .string(0...128), "What `git.read` said; empty for a file that must be new."),
            .optional("originalContent", .string, "What the file held when it was read.")
        )
    }
}

/// A file of a working copy or of a commit, or a part of one (rest-api.md §9).
package struct GitFile: Codable, Sendable, Equatable {
    package var path: String
    /// As it was asked for; empty for the working copy.
    package var ref: String
    package var content: String
    package var encoding: ContentEncoding
    /// Bytes of the whole file.
    package var size: Int
    /// What ``WriteGitFile`` takes; absent for a file of a commit.
    package var version: String?

    package init(
        path: String,
        ref: String,
        content: String,
        encoding: ContentEncoding,
        size: Int,
        version: String? = nil
    ) {
        self.path = path
        self.ref = ref
        self.content = content
        self.encoding = encoding
        self.size = size
        self.version = version
    }
}

extension GitFile: ComponentDescribing {
    package static let schemaName = "GitFile"
    package static let definition = JSONSchema.record(
        .required("path", .string, "The file, relative to the repository."),
        .required("ref", .string, "As it was asked for; empty for the working copy."),
        .required("content", .string, "The bytes that were asked for, in this encoding."),
        .required("encoding", .enumeration(of: ContentEncoding.self), "`base64` for what is not UTF-8 without NUL."),
        .required("size", .count, "Bytes of the whole file."),
        .optional("version", .string(1...128), "Changes with the content; absent for a file of a commit."),
        description: "A file of a working copy or of a commit, or a part of one."
    )

    static let example = GitFile(
        path: "notes/plan.txt",
        ref: "",
        content: "forty-two\n",
        encoding: .utf8,
        size: 10,
        version: "9f86d081884c7d65"
    )
}
