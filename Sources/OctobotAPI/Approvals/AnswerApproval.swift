import JSONText
package import OctobotModel

/// Answer what an agent asks.
package enum AnswerApproval: Operation {
    package static let name = "approval.answer"
    package static let summary = "Answer what an agent asks"
    package static let description = """
        Checked against the questions, stored, then delivered until the agent takes it. Of two answers the first \
        wins; the other is told who answered, when and what.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .post(
            "/api/projects/{projectId}/chat/{sessionId}/answer",
            shape: .custom,
            exampleBody: ["toolUseID": "p1", "answers": ["Run this command?": "Allow once"]]
        )
    ]
    package static let errors: [FaultKind] = [.notFound, .invalidState, .idempotencyConflict]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(approvalID: "p1", option: "Allow once")
    package static let exampleResult = Approval.answeredExample

    package typealias Result = Approval

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var approvalID: ApprovalID
        package var answers: [String: String]?
        package var option: String?

        package init(
            projectID: ProjectID? = nil,
            approvalID: ApprovalID,
            answers: [String: String]? = nil,
            option: String? = nil
        ) {
            self.projectID = projectID
            self.approvalID = approvalID
            self.answers = answers
            self.option = option
        }

        private enum CodingKeys: String, CodingKey {
            case answers, option
            case projectID = "projectId"
            case approvalID = "approvalId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .required("approvalId", .identifier, "The approval."),
            .optional(
                "answers",
                .map(to: .string(0...65_536), names: .init(length: 1...65_536)),
                "The answer to each question by the question’s text; several choices joined with `, `."
            ),
            .optional("option", .string(1...1000), "The label of the option chosen, when there is one question."),
            exactlyOne: [["answers", "option"]]
        )
    }
}
