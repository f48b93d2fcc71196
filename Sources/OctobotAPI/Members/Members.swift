package import OctobotModel

/// List the members of a project.
package enum ListMembers: Operation {
    package static let name = "member.list"
    package static let summary = "List the members of a project"
    package static let description = "Those who joined first come first."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [.get("/api/projects/{projectId}/members", shape: .array)]
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = ProjectPage()
    package static let exampleResult = Page(items: [Member.example])

    package typealias Params = ProjectPage
    package typealias Result = Page<Member>
}

/// Take a person's membership away.
package enum RemoveMember: Operation {
    package static let name = "member.remove"
    package static let summary = "Take a person's membership away"
    package static let description = "An owner cannot be removed, by nobody."
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [.delete("/api/projects/{projectId}/members/{userId}")]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(userID: "u1")
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var userID: UserID

        package init(projectID: ProjectID? = nil, userID: UserID) {
            self.projectID = projectID
            self.userID = userID
        }

        private enum CodingKeys: String, CodingKey {
            case projectID = "projectId"
            case userID = "userId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("userId", .identifier, "The person.")
        )
    }
}
