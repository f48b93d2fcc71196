import JSONText
package import OctobotModel

/// Change the name a workspace is shown with.
package enum UpdateWorkspace: Operation {
    package static let name = "workspace.update"
    package static let summary = "Change the name a workspace is shown with"
    package static let description = """
        `null` or an empty text goes back to the path. Path, source and provider are fixed.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .put("/api/projects/{projectId}/workspaces/{workspaceId}")
    ]
    package static let errors: [FaultKind] = [.notFound]
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

        package init(projectID: ProjectID? = nil, workspaceID: WorkspaceID, displayName: Patch<String> = .absent) {
            self.projectID = projectID
            self.workspaceID = workspaceID
            self.displayName = displayName
        }

        private enum CodingKeys: String, CodingKey {
            case displayName
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .workspace,
            .optional("displayName", .nullable(.string(0...1000)), "The new name; `null` clears it.")
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
