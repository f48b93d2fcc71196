import JSONText
package import OctobotModel

/// Answer what an agent asks.
package enum AnswerApproval: Operation {
    package static let name = "approval.answer"
    package static let summary = "Answer what an agent asks"
    package static let description = """
        Checked against the questions, stored, then delivered until the agent takes it. Of two answers the first \
        wins; the other is told who answered, when and what. An answer for more than once also makes a rule, which \
        answers what else waits and fits.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        .post(
            "/api/projects/{projectId}/chat/{sessionId}/answer",
            shape: .custom,
            exampleBody: ["toolUseID": "p1", "answers": ["Run this command?": "Allow once"]]
        )
    ]
    package static let errors: [FaultKind] = [.notFound, .invalidState, .overloaded, .idempotencyConflict]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(approvalID: "p1", option: "Allow once")
    package static let exampleResult = Approval.answeredExample

    package typealias Result = Approval

    /// What an answer holds for besides what was asked.
    package enum Scope: String, Sendable, Codable, CaseIterable {
        case once, turn, session, project

        /// The reach of the rule it makes; `nil` for none.
        package var rule: ApprovalRule.Scope? {
            switch self {
            case .once: nil
            case .turn: .turn
            case .session: .session
            case .project: .project
            }
        }
    }

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var approvalID: ApprovalID
        package var answers: [String: String]?
        package var option: String?
        package var scope: Scope?
        package var pattern: String?

        package init(
            projectID: ProjectID? = nil,
            approvalID: ApprovalID,
            answers: [String: String]? = nil,
            option: String? = nil,
            scope: Scope? = nil,
            pattern: String? = nil
        ) {
            self.projectID = projectID
            self.approvalID = approvalID
            self.answers = answers
            self.option = option
            self.scope = scope
            self.pattern = pattern
        }

        private enum CodingKeys: String, CodingKey {
            case answers, option, scope, pattern
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
            .optional(
                "scope",
                .enumeration(of: Scope.self).defaulting(to: "once"),
                "Whether it answers the like of it from now on, and where."
            ),
            .optional(
                "pattern",
                .string(1...ApprovalPattern.limit),
                "With a scope: what the like of it is; this very command or file when absent."
            ),
            exactlyOne: [["answers", "option"]]
        )
    }
}
