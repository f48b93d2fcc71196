package import OctobotModel

/// Show what a workspace's working copy holds beside its last commit.
package enum ReadGitStatus: Operation {
    package static let name = "git.status"
    package static let summary = "Show the state of a workspace's working copy"
    package static let description = """
        The branch, what is staged, changed and not tracked, and how it stands to its upstream. A folder of which \
        nothing is tracked is one entry that ends in `/`. Nothing is written.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [.get(gitPath("status"))]
    package static let errors = FaultKind.byHand
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = WorkspaceTarget(workspaceID: "w1")
    package static let exampleResult = GitStatus.example

    package typealias Params = WorkspaceTarget
    package typealias Result = GitStatus
}

/// The state of a working copy (rest-api.md §9).
package struct GitStatus: Codable, Sendable, Equatable {
    /// A file that differs.
    package struct File: Codable, Sendable, Equatable {
        package var path: String
        package var status: GitFileStatus
        /// The name before a rename; empty otherwise.
        package var oldPath: String

        package init(path: String, status: GitFileStatus, oldPath: String = "") {
            self.path = path
            self.status = status
            self.oldPath = oldPath
        }
    }

    /// `HEAD` when detached, empty before the first commit.
    package var branch: String
    /// Empty before the first commit.
    package var commit: String
    package var commitShort: String
    /// Empty when the branch follows none.
    package var upstream: String
    package var ahead: Int
    package var behind: Int
    package var staged: [File]
    package var unstaged: [File]
    package var untracked: [String]
    package var isClean: Bool
    package var hasConflicts: Bool
    /// Whether there is more than is listed.
    package var isTruncated: Bool

    package init(
        branch: String,
        commit: String,
        commitShort: String,
        upstream: String,
        ahead: Int,
        behind: Int,
        staged: [File],
        unstaged: [File],
        untracked: [String],
        isClean: Bool,
        hasConflicts: Bool,
        isTruncated: Bool
    ) {
        self.branch = branch
        self.commit = commit
        self.commitShort = commitShort
        self.upstream = upstream
        self.ahead = ahead
        self.behind = behind
        self.staged = staged
        self.unstaged = unstaged
        self.untracked = untracked
        self.isClean = isClean
        self.hasConflicts = hasConflicts
        self.isTruncated = isTruncated
    }
}

/// How a file of a working copy differs.
package enum GitFileStatus: String, Sendable, Codable, CaseIterable {
    case added, modified, deleted, renamed, copied, unmerged, typechanged, unknown
}

extension GitStatus.File: ComponentDescribing {
    package static let schemaName = "GitFileChange"
    package static let definition = JSONSchema.record(
        .required("path", .string, "Relative to the repository; what is no UTF-8 in a name is replaced."),
        .required("status", .enumeration(of: GitFileStatus.self), "How it differs."),
        .required("oldPath", .string, "The name before a rename; empty otherwise.")
    )
}

extension GitStatus: ComponentDescribing {
    package static let schemaName = "GitStatus"
    package static let definition = JSONSchema.record(
        .required("branch", .string, "`HEAD` when detached, empty before the first commit."),
        .required("commit", .string, "HEAD; empty before the first commit."),
        .required("commitShort", .string, "Its first seven digits."),
        .required("upstream", .string, "The branch this one follows; empty when none."),
        .required("ahead", .count, "Commits the upstream does not have."),
        .required("behind", .count, "Commits of the upstream that are missing here."),
        .required("staged", .array(of: .reference(to: File.self)), "The index against HEAD."),
        .required("unstaged", .array(of: .reference(to: File.self)), "The work tree against the index."),
        .required("untracked", .array(of: .string), "Files and whole folders that are not tracked."),
        .required("isClean", .boolean, "Whether nothing differs and nothing is untracked."),
        .required("hasConflicts", .boolean, "Whether a merge left conflicts."),
        .required("isTruncated", .boolean, "Whether there is more than is listed."),
        description: "The state of a working copy."
    )

    static let example = GitStatus(
        branch: "main",
        commit: exampleCommit,
        commitShort: String(exampleCommit.prefix(7)),
        upstream: "origin/main",
        ahead: 1,
        behind: 0,
        staged: [File(path: "notes/plan.txt", status: .renamed, oldPath: "plan.txt")],
        unstaged: [File(path: "README.md", status: .modified)],
        untracked: ["scratch/"],
        isClean: false,
        hasConflicts: false,
        isTruncated: false
    )
}
