package import OctobotModel

/// List the workspaces of a project.
package enum ListWorkspaces: Operation {
    package static let name = "workspace.list"
    package static let summary = "List the workspaces of a project"
    package static let description = "Oldest first. The `sessions` of each are empty here."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/workspaces", shape: .list("workspaces"))
    ]
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(limit: 50)
    package static let exampleResult = Page(items: [Workspace.example()])

    package typealias Result = Page<Workspace>

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped, Paged {
        package var projectID: ProjectID?
        package var limit: Int?
        package var cursor: String?

        package init(projectID: ProjectID? = nil, limit: Int? = nil, cursor: String? = nil) {
            self.projectID = projectID
            self.limit = limit
            self.cursor = cursor
        }

        private enum CodingKeys: String, CodingKey {
            case limit, cursor
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .optional("projectId", .identifier, "The project; `local` when absent."),
            .optional("limit", .pageSize, "How many items the page may have."),
            .optional("cursor", .cursor, "`nextCursor` of the page before; the first page when absent.")
        )
    }
}

/// Show a workspace with its sessions.
package enum GetWorkspace: Operation {
    package static let name = "workspace.get"
    package static let summary = "Show a workspace with its sessions"
    package static let description = "The only answer in which `sessions` is filled."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}/workspaces/{workspaceId}")
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(workspaceID: "w1")
    package static let exampleResult = Workspace.example(sessions: [.example()])

    package typealias Result = Workspace

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var workspaceID: WorkspaceID

        package init(projectID: ProjectID? = nil, workspaceID: WorkspaceID) {
            self.projectID = projectID
            self.workspaceID = workspaceID
        }

        private enum CodingKeys: String, CodingKey {
            case projectID = "projectId"
            case workspaceID = "workspaceId"
        }

        package static let schema = JSONSchema.parameters(
            .optional("projectId", .identifier, "The project; `local` when absent."),
            .required("workspaceId", .identifier, "The workspace.")
        )
    }
}
