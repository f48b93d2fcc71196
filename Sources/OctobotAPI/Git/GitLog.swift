import JSONText
package import OctobotModel

/// List the commits of a workspace's working copy.
package enum ListGitCommits: Operation {
    package static let name = "git.log"
    package static let summary = "List the commits of a workspace's working copy"
    package static let description = """
        Newest first. A list that is continued with a cursor stays with the commit it began at, whatever happens \
        meanwhile. Empty before the first commit.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get(gitPath("log"), query: ["limit", "ref", "cursor"], shape: .page("commits"))
    ]
    package static let errors = FaultKind.byHand + [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(workspaceID: "w1", ref: "main", limit: 1)
    package static let exampleResult = Page(items: [GitCommit.example], nextCursor: "\(exampleCommit)-1")

    package typealias Result = Page<GitCommit>

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
            .optional("limit", .integer(1...500).defaulting(to: 50), "How many commits the page may have."),
            .optional("cursor", .cursor, "`nextCursor` of the page before; the newest commit when absent.")
        )
    }
}

/// A commit (rest-api.md §9).
package struct GitCommit: Codable, Sendable, Equatable {
    package var sha: String
    package var shortSha: String
    /// The first paragraph, on one line.
    package var message: String
    /// What follows it.
    package var body: String
    package var author: String
    package var authorEmail: String
    package var authorDate: Timestamp
    package var committer: String
    package var commitDate: Timestamp
    package var parents: [String]

    package init(
        sha: String,
        message: String,
        body: String,
        author: String,
        authorEmail: String,
        authorDate: Timestamp,
        committer: String,
        commitDate: Timestamp,
        parents: [String]
    ) {
        self.sha = sha
        shortSha = String(sha.prefix(7))
        self.message = message
        self.body = body
        self.author = author
        self.authorEmail = authorEmail
        self.authorDate = authorDate
        self.committer = committer
        self.commitDate = commitDate
        self.parents = parents
    }
}

extension GitCommit: ComponentDescribing {
    package static let schemaName = "GitCommit"
    package static let definition = JSONSchema.record(
        .required("sha", .string, "The full object name."),
        .required("shortSha", .string, "Its first seven digits."),
        .required("message", .string, "The first paragraph of the message, on one line."),
        .required("body", .string, "The rest of the message."),
        .required("author", .string, "Who wrote it."),
        .required("authorEmail", .string, "The author's address."),
        .required("authorDate", .timestamp, "When it was written."),
        .required("committer", .string, "Who committed it."),
        .required("commitDate", .timestamp, "When it was committed."),
        .required("parents", .array(of: .string), "The commits it follows; none for a first one."),
        description: "A commit."
    )

    static let example = GitCommit(
        sha: exampleCommit,
        message: "Add the plan",
        body: "",
        author: "Ada",
        authorEmail: "ada@example.org",
        authorDate: .example,
        committer: "Ada",
        commitDate: .example,
        parents: []
    )
}
