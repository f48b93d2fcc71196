import HTTPTypes
package import OctobotModel

/// Bring a working copy's remotes up to date.
package enum FetchGit: Operation {
    package static let name = "git.fetch"
    package static let summary = "Bring what a working copy knows of its remotes up to date"
    package static let description = """
        All remotes; branches that are gone there are forgotten. Branches and files of the working copy do not change. \
        The user's own git settings and credential helpers count, those of the repository do not.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [.post(gitPath("fetch"), body: .ignored, shape: .success)]
    package static let errors = FaultKind.byHand
    package static let concurrency = Concurrency.serial(by: "workspaceId")
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = WorkspaceTarget(workspaceID: "w1")
    package static let exampleResult = Empty()

    package typealias Params = WorkspaceTarget
    package typealias Result = Empty
}

/// Check a branch, tag or commit out.
package enum CheckOutGit: Operation {
    package static let name = "git.checkout"
    package static let summary = "Check a branch, tag or commit out in a workspace's working copy"
    package static let description = """
        A branch only one remote has becomes one here. Refused, with nothing changed, where changes that are not \
        committed or files that are not tracked would be overwritten, ignored ones included. Hooks do not run.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [.post(gitPath("checkout"), shape: .success)]
    package static let errors = FaultKind.byHand
    package static let concurrency = Concurrency.serial(by: "workspaceId")
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(workspaceID: "w1", ref: "main")
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID
        package var ref: String

        package init(projectID: ProjectID? = nil, workspaceID: WorkspaceID, ref: String) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.ref = ref
        }

        private enum CodingKeys: String, CodingKey {
            case ref
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .workspace,
            .required("ref", .revision, "A branch, tag or commit.")
        )
    }
}

/// Stage files of a working copy.
package enum StageGit: Operation {
    package static let name = "git.stage"
    package static let summary = "Stage files of a workspace's working copy"
    package static let description = """
        As they are now, deletions too; everything when `paths` is empty or absent. A path is a name, not a pattern.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [.post(gitPath("stage"), shape: .success)]
    package static let errors = FaultKind.byHand
    package static let concurrency = Concurrency.serial(by: "workspaceId")
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(workspaceID: "w1", paths: ["notes/plan.txt"])
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID
        package var paths: [String]?

        package init(projectID: ProjectID? = nil, workspaceID: WorkspaceID, paths: [String]? = nil) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.paths = paths
        }

        private enum CodingKeys: String, CodingKey {
            case paths
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .workspace,
            .optional(
                "paths",
                .array(of: .path, count: 0...10_000),
                "Files and folders; everything when empty."
            )
        )
    }
}

/// Commit what is staged.
package enum CommitGit: Operation {
    package static let name = "git.commit"
    package static let summary = "Commit what is staged in a workspace's working copy"
    package static let description = """
        As the user; with `authorName` and `authorEmail`, both, in somebody else's name. Hooks and signing do not run. \
        To bring a session's work back, use `session.commit`.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        HTTPBinding(
            .post,
            gitPath("commit"),
            success: 201,
            body: .json,
            ignoredWhenEmpty: ["authorName", "authorEmail"]
        )
    ]
    package static let errors = FaultKind.byHand
    package static let concurrency = Concurrency.serial(by: "workspaceId")
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(workspaceID: "w1", message: "Add the plan")
    package static let exampleResult = GitCommit.example

    package typealias Result = GitCommit

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID
        package var message: String
        package var authorName: String?
        package var authorEmail: String?

        package init(
            projectID: ProjectID? = nil,
            workspaceID: WorkspaceID,
            message: String,
            authorName: String? = nil,
            authorEmail: String? = nil
        ) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.message = message
            self.authorName = authorName
            self.authorEmail = authorEmail
        }

        private enum CodingKeys: String, CodingKey {
            case message, authorName, authorEmail
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .workspace,
            .required("message", .string(1...65_536), "The message; an empty one is refused."),
            .optional("authorName", .string(1...1000), "The author's name; counts only with `authorEmail`."),
            .optional("authorEmail", .string(1...1000), "The author's address; counts only with `authorName`.")
        )
    }
}
