package import OctobotModel

/// List the branches of a workspace's working copy.
package enum ListGitBranches: Operation {
    package static let name = "git.branches"
    package static let summary = "List the branches of a workspace's working copy"
    package static let description = "Its own by name, then those of its remotes; the remotes' HEADs are no branches."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [.get(gitPath("branches"), shape: .list("branches"))]
    package static let errors = FaultKind.byHand + [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = GitListParams(workspaceID: "w1")
    package static let exampleResult = Page(items: [GitBranch.example])

    package typealias Params = GitListParams
    package typealias Result = Page<GitBranch>
}

/// Params of a list about a working copy.
package struct GitListParams: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped, Paged {
    package var projectID: ProjectID?
    package var workspaceID: WorkspaceID
    package var limit: Int?
    package var cursor: String?

    package init(projectID: ProjectID? = nil, workspaceID: WorkspaceID, limit: Int? = nil, cursor: String? = nil) {
        self.projectID = projectID
        self.workspaceID = workspaceID
        self.limit = limit
        self.cursor = cursor
    }

    private enum CodingKeys: String, CodingKey {
        case limit, cursor
        case projectID = "projectId"
        case workspaceID = "workspaceId"
    }

    package static let schema = JSONSchema.parameters(
        .project,
        .workspace,
        .limit,
        .cursor
    )
}

/// A branch (rest-api.md §9).
package struct GitBranch: Codable, Sendable, Equatable {
    /// `main`, or `origin/main` for a remote's.
    package var name: String
    package var isRemote: Bool
    package var isCurrent: Bool
    /// Abbreviated.
    package var commit: String
    /// Empty when it follows none.
    package var upstream: String

    package init(name: String, isRemote: Bool, isCurrent: Bool, commit: String, upstream: String) {
        self.name = name
        self.isRemote = isRemote
        self.isCurrent = isCurrent
        self.commit = commit
        self.upstream = upstream
    }
}

extension GitBranch: ComponentDescribing {
    package static let schemaName = "GitBranch"
    package static let definition = JSONSchema.record(
        .required("name", .string, "`main`, or `origin/main` for a remote's."),
        .required("isRemote", .boolean, "Whether it is a remote's."),
        .required("isCurrent", .boolean, "Whether it is checked out."),
        .required("commit", .string, "The first seven digits of its commit."),
        .required("upstream", .string, "The branch it follows; empty when none."),
        description: "A branch."
    )

    static let example = GitBranch(
        name: "main",
        isRemote: false,
        isCurrent: true,
        commit: String(exampleCommit.prefix(7)),
        upstream: "origin/main"
    )
}
