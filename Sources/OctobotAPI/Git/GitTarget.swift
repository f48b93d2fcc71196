package import OctobotModel

/// Params that name a workspace's working copy and nothing else.
package struct GitTarget: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
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

    package static let schema = JSONSchema.parameters(project, workspace)

    static let project = JSONSchema.Member.optional("projectId", .identifier, "The project; `local` when absent.")
    static let workspace = JSONSchema.Member.required("workspaceId", .identifier, "The workspace.")
    static let revision = JSONSchema.string(1...256)
    static let file = JSONSchema.string(1...4096)
}

/// What every operation on a working copy can meet.
enum GitErrors {
    static let reading: [FaultKind] = [.notFound, .invalidState, .upstreamFailed, .unavailable]
}

/// The REST path of an operation on a working copy.
func gitPath(_ name: String) -> String { "/api/projects/{projectId}/workspaces/{workspaceId}/git/\(name)" }
