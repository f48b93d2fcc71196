package import OctobotModel

/// List the files of a commit.
package enum ListGitFiles: Operation {
    package static let name = "git.files"
    package static let summary = "List the files of a commit"
    package static let description = """
        All of them, folders walked, in git's order. A list that is continued with a cursor stays with its commit. \
        Empty before the first commit.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [.get(gitPath("files"), query: ["ref"], shape: .list("files"))]
    package static let errors = FaultKind.byHand + [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(workspaceID: "w1", ref: "main")
    package static let exampleResult = Page(
        items: [GitFileEntry(path: "notes/plan.txt", name: "plan.txt", size: 10, mode: "100644")]
    )

    package typealias Result = Page<GitFileEntry>

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped, Paged {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID
        /// A branch, tag or commit; HEAD when absent.
        package var ref: String?
        package var limit: Int?
        package var cursor: String?

        package init(
            projectID: ProjectID? = nil,
            workspaceID: WorkspaceID,
            ref: String? = nil,
            limit: Int? = nil,
            cursor: String? = nil
        ) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.ref = ref
            self.limit = limit
            self.cursor = cursor
        }

        private enum CodingKeys: String, CodingKey {
            case ref, limit, cursor
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .workspace,
            .optional("ref", .revision, "A branch, tag or commit; HEAD when absent."),
            .limit,
            .cursor
        )
    }
}

/// A file of a commit (rest-api.md §9).
package struct GitFileEntry: Codable, Sendable, Equatable {
    package var path: String
    /// The last part of the path.
    package var name: String
    /// Never true: folders are walked.
    package var isDir: Bool
    package var size: Int
    /// Octal, such as `100644`.
    package var mode: String

    package init(path: String, name: String, size: Int, mode: String) {
        self.path = path
        self.name = name
        isDir = false
        self.size = size
        self.mode = mode
    }
}

extension GitFileEntry: ComponentDescribing {
    package static let schemaName = "GitFileEntry"
    package static let definition = JSONSchema.record(
        .required("path", .string, "Relative to the repository; what is no UTF-8 in a name is replaced."),
        .required("name", .string, "The last part of the path."),
        .required("isDir", .boolean, "Never true: folders are walked."),
        .required("size", .count, "Bytes; 0 for a submodule."),
        .required("mode", .string, "Octal, such as `100644`, `100755`, `120000` for a link."),
        description: "A file of a commit."
    )
}
