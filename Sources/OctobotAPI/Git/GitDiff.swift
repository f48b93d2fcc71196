import JSONText
package import OctobotModel

/// Compare two states of a workspace's working copy.
package enum DiffGit: Operation {
    package static let name = "git.diff"
    package static let summary = "Compare two states of a workspace's working copy"
    package static let description = """
        The work tree with the index; with `staged` the index with HEAD; with `base` the work tree with that commit; \
        with `base` and `head` the two commits. Patches over 1 MiB, and what is beyond 8 MiB of them all, are left \
        out; the counts are always there. Programs the repository names for diffs do not run.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get(gitPath("diff"), query: ["staged", "base", "head", QueryParameter("path", member: "paths")])
    ]
    package static let errors = FaultKind.byHand
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(workspaceID: "w1", base: "main~1", head: "main", paths: ["notes"])
    package static let exampleResult = GitDiff.example

    package typealias Result = GitDiff

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID
        package var staged: Bool?
        package var base: String?
        package var head: String?
        package var paths: [String]?

        package init(
            projectID: ProjectID? = nil,
            workspaceID: WorkspaceID,
            staged: Bool? = nil,
            base: String? = nil,
            head: String? = nil,
            paths: [String]? = nil
        ) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.staged = staged
            self.base = base
            self.head = head
            self.paths = paths
        }

        private enum CodingKeys: String, CodingKey {
            case staged, base, head, paths
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .workspace,
            .optional("staged", .boolean.defaulting(to: false), "Compare the index with HEAD."),
            .optional("base", .revision, "The older state: a branch, tag or commit."),
            .optional("head", .revision, "The newer state; without `base` it is not looked at."),
            .optional("paths", .array(of: .path, count: 0...500), "Only these files and folders.")
        )
    }
}

/// A diff of a working copy.
package struct GitDiff: Codable, Sendable, Equatable {
    package var diffs: [File]

    package init(diffs: [File]) { self.diffs = diffs }

    /// One file (rest-api.md §9).
    package struct File: Codable, Sendable, Equatable {
        package var path: String
        /// The same as `path` unless it was renamed.
        package var oldPath: String
        package var status: GitFileStatus
        package var binary: Bool
        package var additions: Int
        package var deletions: Int
        /// With its header, without a final line feed; empty when left out.
        package var patch: String
        /// Whether the patch was too large to be here.
        package var isTruncated: Bool

        package init(
            path: String,
            oldPath: String,
            status: GitFileStatus,
            binary: Bool,
            additions: Int,
            deletions: Int,
            patch: String,
            isTruncated: Bool
        ) {
            self.path = path
            self.oldPath = oldPath
            self.status = status
            self.binary = binary
            self.additions = additions
            self.deletions = deletions
            self.patch = patch
            self.isTruncated = isTruncated
        }
    }
}

extension GitDiff.File: ComponentDescribing {
    package static let schemaName = "GitFileDiff"
    package static let definition = JSONSchema.record(
        .required("path", .string, "Relative to the repository; what is no UTF-8 in a name is replaced."),
        .required("oldPath", .string, "The same as `path` unless it was renamed."),
        .required("status", .enumeration(of: GitFileStatus.self), "How it differs."),
        .required("binary", .boolean, "Whether it is no text."),
        .required("additions", .count, "Lines added."),
        .required("deletions", .count, "Lines removed."),
        .required("patch", .string, "The unified patch with its header, without a final line feed."),
        .required("isTruncated", .boolean, "Whether the patch was too large to be here.")
    )
}

extension GitDiff: ComponentDescribing {
    package static let schemaName = "GitDiff"
    package static let definition = JSONSchema.record(
        .required("diffs", .array(of: .reference(to: File.self)), "The files that differ, in git's order."),
        description: "A diff of a working copy."
    )

    static let example = GitDiff(
        diffs: [
            File(
                path: "notes/plan.txt",
                oldPath: "notes/plan.txt",
                status: .modified,
                binary: false,
                additions: 1,
                deletions: 1,
                patch: "diff --git a/notes/plan.txt b/notes/plan.txt\n…\n-forty-one\n+forty-two",
                isTruncated: false
            )
        ]
    )
}
