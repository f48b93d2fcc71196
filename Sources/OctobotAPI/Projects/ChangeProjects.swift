import JSONText
package import OctobotModel

/// Make a project.
package enum CreateProject: Operation {
    package static let name = "project.create"
    package static let summary = "Make a project"
    package static let description = "The caller becomes its owner."
    package static let access = Access.user
    package static let http: [HTTPBinding] = [.post("/api/projects", success: 201)]
    package static let errors: [FaultKind] = [.alreadyExists, .idempotencyConflict]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(name: "Engine")
    package static let exampleResult = Project.example

    package typealias Result = Project

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing {
        package var id: ProjectID?
        package var name: String

        package init(id: ProjectID? = nil, name: String) {
            self.id = id
            self.name = name
        }

        package static let schema = JSONSchema.parameters(
            .optional("id", .identifier, "An id of the caller's choice."),
            .required("name", .title, "A name for people.")
        )
    }
}

/// Rename a project.
package enum UpdateProject: Operation {
    package static let name = "project.update"
    package static let summary = "Rename a project"
    package static let description = "Its slug stays."
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [.put("/api/projects/{projectId}")]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(projectID: .local, name: "Engine")
    package static let exampleResult = Project.example

    package typealias Result = Project

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var name: String

        package init(projectID: ProjectID? = nil, name: String) {
            self.projectID = projectID
            self.name = name
        }

        private enum CodingKeys: String, CodingKey {
            case name
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("name", .title, "A name for people.")
        )
    }
}

/// Delete a project with all that belongs to it.
package enum DeleteProject: Operation {
    package static let name = "project.delete"
    package static let summary = "Delete a project with all that belongs to it"
    package static let description = """
        Workspaces, sessions and their sandboxes, agents, credentials, members and caches; folders of the user's are never \
        touched. While there are sessions, kept ones included, it is refused unless `force` says that their work may \
        go for good. The project `local` stays. A call that was cut short is finished by the next one.
        """
    package static let access = Access.owner
    package static let http: [HTTPBinding] = [.delete("/api/projects/{projectId}", query: ["force"])]
    package static let errors: [FaultKind] = [.notFound, .invalidState, .upstreamFailed, .unavailable]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(projectID: "p1")
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var force: Bool?

        package init(projectID: ProjectID, force: Bool? = nil) {
            self.projectID = projectID
            self.force = force
        }

        private enum CodingKeys: String, CodingKey {
            case force
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .required("projectId", .identifier, "The project."),
            .optional("force", .boolean.defaulting(to: false), "Delete the work of its sessions too.")
        )
    }
}
