import JSONText
package import OctobotModel

/// Change a workspace's name or the place of its repository.
package enum UpdateWorkspace: Operation {
    package static let name = "workspace.update"
    package static let summary = "Change a workspace’s name or the place of its repository"
    package static let description = """
        A display name of `null` or an empty text goes back to the path. Another path is checked as at creation and \
        makes the workspace `initializing` again; sessions keep their work and what they began from. The provider is \
        fixed.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .put("/api/projects/{projectId}/workspaces/{workspaceId}")
    ]
    package static let errors: [FaultKind] = [.notFound, .invalidState, .deadlineExceeded]
    package static let concurrency = Concurrency.serial(by: "workspaceId")
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(workspaceID: "w1", displayName: .value("Engine"))
    package static let exampleResult = Workspace.example()

    package typealias Result = Workspace

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID
        package var displayName: Patch<String>
        package var path: String?

        package init(
            projectID: ProjectID? = nil,
            workspaceID: WorkspaceID,
            displayName: Patch<String> = .absent,
            path: String? = nil
        ) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.displayName = displayName
            self.path = path
        }

        private enum CodingKeys: String, CodingKey {
            case displayName, path
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .workspace,
            .optional("displayName", .nullable(.string(0...1000)), "The new name; `null` clears it."),
            .optional("path", .path, "Where the repository is now: a folder of this host or a git URL.")
        )
    }
}

/// Delete a workspace and its sessions.
package enum DeleteWorkspace: Operation {
    package static let name = "workspace.delete"
    package static let summary = "Delete a workspace and its sessions"
    package static let description = """
        Sessions with unmerged work are kept as `session.delete` keeps them. The user’s own folder is never touched; \
        `deleteFiles` is for working copies that octobotd cloned and is refused for any other.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .delete("/api/projects/{projectId}/workspaces/{workspaceId}", query: ["deleteFiles"])
    ]
    package static let errors: [FaultKind] = [.notFound, .invalidState]
    package static let concurrency = Concurrency.serial(by: "workspaceId")
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(workspaceID: "w1", deleteFiles: true)
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID
        package var deleteFiles: Bool?

        package init(projectID: ProjectID? = nil, workspaceID: WorkspaceID, deleteFiles: Bool? = nil) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.deleteFiles = deleteFiles
        }

        private enum CodingKeys: String, CodingKey {
            case deleteFiles
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .workspace,
            .optional("deleteFiles", .boolean.defaulting(to: false), "Also delete the working copy octobotd cloned.")
        )
    }
}
