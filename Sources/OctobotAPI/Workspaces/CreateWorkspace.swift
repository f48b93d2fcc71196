package import OctobotModel

/// Register a local folder or a git URL as a workspace.
package enum CreateWorkspace: Operation {
    package static let name = "workspace.create"
    package static let summary = "Register a local folder or a git URL as a workspace"
    package static let description = """
        Answers at once with status `initializing`; a job clones the URL or reads the folder and ends in `ready` or \
        `error`. A local folder is used in place and never reset or deleted; a missing or empty one gets a git \
        repository with one empty commit. The sandbox provider is resolved now and never changes by itself.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/workspaces", success: 201)
    ]
    package static let errors: [FaultKind] = [.notFound, .alreadyExists, .idempotencyConflict, .unavailable]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(path: "/home/ada/engine", displayName: "Engine")
    package static let exampleResult = Workspace.example(status: .initializing)

    package typealias Result = Workspace

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var id: WorkspaceID?
        package var path: String
        package var sourceType: SourceType?
        package var displayName: String?
        package var provider: String?

        package init(
            projectID: ProjectID? = nil,
            id: WorkspaceID? = nil,
            path: String,
            sourceType: SourceType? = nil,
            displayName: String? = nil,
            provider: String? = nil
        ) {
            self.projectID = projectID
            self.id = id
            self.path = path
            self.sourceType = sourceType
            self.displayName = displayName
            self.provider = provider
        }

        private enum CodingKeys: String, CodingKey {
            case id, path, sourceType, displayName, provider
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .optional("id", .identifier, "An id of the caller’s own choice; made up when absent."),
            .required("path", .path, "A folder of this host (`~` is the home directory) or a git URL."),
            .optional(
                "sourceType",
                .enumeration(of: SourceType.self),
                "Whether the path is a folder or a URL; told from the path when absent."
            ),
            .optional("displayName", .string(0...1000), "A name for people instead of the path."),
            .optional(
                "provider",
                .string(1...64),
                "The sandbox provider of its sessions; the default one when absent."
            )
        )
    }
}
