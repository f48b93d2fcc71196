import HTTPTypes
import JSONText
package import OctobotModel

/// Invite somebody to a project.
package enum CreateInvitation: Operation {
    package static let name = "invitation.create"
    package static let summary = "Invite somebody to a project"
    package static let description = """
        The answer carries the token, this once; no mail is sent. It can be accepted for seven days, by whoever logs in with \
        the address. Only an owner can invite an owner.
        """
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [
        HTTPBinding(
            .post,
            "/api/projects/{projectId}/invitations",
            success: 201,
            body: .json,
            ignoredWhenEmpty: ["role"]
        )
    ]
    package static let errors: [FaultKind] = [.alreadyExists, .idempotencyConflict]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(email: "ada@example.org", role: .member)
    package static let exampleResult = Invitation.example(token: String(repeating: "0f", count: 32))

    package typealias Result = Invitation

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var email: String
        package var role: Role?

        package init(projectID: ProjectID? = nil, email: String, role: Role? = nil) {
            self.projectID = projectID
            self.email = email
            self.role = role
        }

        private enum CodingKeys: String, CodingKey {
            case email, role
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("email", .string(3...254), "The person's address."),
            .optional("role", .enumeration(of: Role.self).defaulting(to: "member"), "What the person will be.")
        )
    }
}

/// List the invitations of a project that wait.
package enum ListInvitations: Operation {
    package static let name = "invitation.list"
    package static let summary = "List the invitations of a project that wait"
    package static let description = "The oldest first; expired ones are not among them, nor are the tokens."
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [.get("/api/projects/{projectId}/invitations", shape: .array)]
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = ProjectPage()
    package static let exampleResult = Page(items: [Invitation.example()])

    package typealias Params = ProjectPage
    package typealias Result = Page<Invitation>
}

/// Take an invitation back.
package enum RevokeInvitation: Operation {
    package static let name = "invitation.revoke"
    package static let summary = "Take an invitation back"
    package static let description = "Its token accepts nothing any more."
    package static let access = Access.admin
    package static let http: [HTTPBinding] = [.delete("/api/projects/{projectId}/invitations/{invitationId}")]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(invitationID: "i1")
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var invitationID: InvitationID

        package init(projectID: ProjectID? = nil, invitationID: InvitationID) {
            self.projectID = projectID
            self.invitationID = invitationID
        }

        private enum CodingKeys: String, CodingKey {
            case projectID = "projectId"
            case invitationID = "invitationId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("invitationId", .identifier, "The invitation.")
        )
    }
}

/// Accept an invitation.
package enum AcceptInvitation: Operation {
    package static let name = "invitation.accept"
    package static let summary = "Accept an invitation"
    package static let description = """
        The caller becomes a member of the project and the invitation is gone. The caller's address must be the one that was \
        invited; any other caller, an unknown token and one of another project read alike.
        """
    package static let access = Access.user
    package static let http: [HTTPBinding] = [
        .post("/api/projects/{projectId}/invitations/{token}/accept", body: .ignored, shape: .success)
    ]
    package static let errors: [FaultKind] = [.notFound, .alreadyExists, .cursorExpired]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(projectID: "p1", token: String(repeating: "0f", count: 32))
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing {
        package var projectID: ProjectID
        package var token: String

        package init(projectID: ProjectID, token: String) {
            self.projectID = projectID
            self.token = token
        }

        private enum CodingKeys: String, CodingKey {
            case token
            case projectID = "projectId"
        }

        package static let schema = JSONSchema.parameters(
            .required("projectId", .identifier, "The project."),
            .required("token", .string(1...256), "What the invitation was given out with.")
        )
    }
}
