package import OctobotModel

/// List the caller’s projects.
package enum ListProjects: Operation {
    package static let name = "project.list"
    package static let summary = "List the caller’s projects"
    package static let description = "Those the caller is a member of, oldest first."
    package static let access = Access.user
    package static let http: [HTTPBinding] = [
        .get("/api/projects", shape: .array)
    ]
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params()
    package static let exampleResult = Page(items: [Project.example])

    package typealias Result = Page<Project>

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, Paged {
        package var limit: Int?
        package var cursor: String?

        package init(limit: Int? = nil, cursor: String? = nil) {
            self.limit = limit
            self.cursor = cursor
        }

        package static let schema = JSONSchema.parameters(
            .limit,
            .cursor
        )
    }
}

/// Show a project.
package enum GetProject: Operation {
    package static let name = "project.get"
    package static let summary = "Show a project"
    package static let description = """
        A project the caller is no member of is refused like one that does not exist.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .get("/api/projects/{projectId}")
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(projectID: .local)
    package static let exampleResult = Project.example

    package typealias Params = ProjectTarget
    package typealias Result = Project
}
