import HummingbirdCore
import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer

extension Gateway {
    /// `GET P/chat/{sessionId}/question` (rest-api.md §12.5).
    func question(_ page: Page) async throws -> Response {
        try await table.admit(to: ListApprovals.self, project: page.project, page.call)
        guard let id = try page.visit.target.value(of: "toolUseID"), !id.isEmpty else {
            let oldest = try await streams.question(nil, in: page.session, page.project, page.call)
            return Answer.json(["question": oldest.map(Self.wire) ?? .null])
        }
        let approval = try await streams.question(ApprovalID(id), in: page.session, page.project, page.call)
        guard let approval, approval.state == .pending else {
            return Answer.json(["status": approval?.state == .answered ? "answered" : "expired", "question": .null])
        }
        return Answer.json(["status": "pending", "question": Self.wire(approval)])
    }

    /// `POST P/chat/{sessionId}/answer`: the first answer wins (decision 39).
    func answerQuestion(_ page: Page) async throws -> Response {
        let members = try ParamsBuilder.members(of: page.body)
        guard let id = members["toolUseID"]?.stringValue, !id.isEmpty else {
            throw Fault.invalidParams("'toolUseID' is missing.", pointer: "/toolUseID", rule: "required")
        }
        guard case .object? = members["answers"] else {
            throw Fault.invalidParams(
                "'answers' is missing.",
                pointer: "/answers",
                rule: "required",
                expected: "object"
            )
        }
        try await table.admit(to: AnswerApproval.self, project: page.project, page.call)
        guard try await streams.question(ApprovalID(id), in: page.session, page.project, page.call) != nil else {
            throw Fault.notFound("approval", id)
        }
        let params: JSONValue = [
            "projectId": .string(page.project.rawValue), "approvalId": .string(id),
            "answers": members["answers"] ?? .null,
        ]
        _ = try await table.call(AnswerApproval.name, params: params, call: page.call, unknownMembers: .ignore).get()
        return Answer.json(["success": true])
    }

    private static func wire(_ approval: Approval) -> JSONValue {
        [
            "toolUseID": .string(approval.id.rawValue),
            "questions": .array(
                approval.questions.map { question in
                    [
                        "question": .string(question.question), "header": .string(question.header),
                        "multiSelect": .bool(question.multiSelect),
                        "options": .array(
                            question.options.map { option in
                                ["label": .string(option.label), "description": .string(option.description)]
                            }
                        ),
                    ]
                }
            ),
        ]
    }
}
