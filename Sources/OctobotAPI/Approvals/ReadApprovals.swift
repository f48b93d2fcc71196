import HTTPTypes
package import OctobotModel

/// List what agents ask of people.
package enum ListApprovals: Operation {
    package static let name = "approval.list"
    package static let summary = "List what agents ask of people"
    package static let description = "Oldest first."
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        HTTPBinding(
            .get,
            "/api/projects/{projectId}/chat/{sessionId}/question",
            query: [.custom("toolUseID")],
            shape: .custom
        )
    ]
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(state: .pending)
    package static let exampleResult = Page(items: [Approval.example])

    package typealias Result = Page<Approval>

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped, Paged {
        package var projectID: ProjectID?
        package var sessionID: SessionID?
        package var state: Approval.State?
        package var limit: Int?
        package var cursor: String?

        package init(
            projectID: ProjectID? = nil,
            sessionID: SessionID? = nil,
            state: Approval.State? = nil,
            limit: Int? = nil,
            cursor: String? = nil
        ) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.state = state
            self.limit = limit
            self.cursor = cursor
        }

        private enum CodingKeys: String, CodingKey {
            case state, limit, cursor
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .optional("sessionId", .identifier, "Only those of this session."),
            .optional("state", .enumeration(of: Approval.State.self), "Only those in this state."),
            .limit,
            .cursor
        )
    }
}

/// Show what an agent asks.
package enum GetApproval: Operation {
    package static let name = "approval.get"
    package static let summary = "Show what an agent asks"
    package static let description = "With the answer, who gave it and when, once there is one."
    package static let access = Access.member
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(approvalID: "p1")
    package static let exampleResult = Approval.example

    package typealias Result = Approval

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var approvalID: ApprovalID

        package init(projectID: ProjectID? = nil, approvalID: ApprovalID) {
            self.projectID = projectID
            self.approvalID = approvalID
        }

        private enum CodingKeys: String, CodingKey {
            case projectID = "projectId"
            case approvalID = "approvalId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("approvalId", .identifier, "The approval.")
        )
    }
}
