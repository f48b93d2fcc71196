/// Questions that wait for a person, under the id of their approval (agent-api.md §5.8).
package struct PendingQuestion: Sendable, Codable, Equatable {
    /// Equals the `approvalId` of the `tool-approval-request`.
    package var toolUseID: String
    package var questions: [AgentQuestion]
    /// What a permission is asked for; absent for questions, and for permissions that only a person can understand.
    package var subject: PermissionSubject?

    package init(toolUseID: String, questions: [AgentQuestion], subject: PermissionSubject? = nil) {
        self.toolUseID = toolUseID
        self.questions = questions
        self.subject = subject
    }
}

/// One question of a form.
package struct AgentQuestion: Sendable, Codable, Equatable {
    /// A choice of a question.
    package struct Option: Sendable, Codable, Equatable {
        package var label: String
        package var description: String
        package init(label: String, description: String = "") {
            self.label = label
            self.description = description
        }
    }
    /// The whole text; unique in its form, because answers are keyed by it.
    package var question: String
    package var header: String
    /// Empty: the answer is free text.
    package var options: [Option]
    package var multiSelect: Bool

    package init(question: String, header: String, options: [Option] = [], multiSelect: Bool = false) {
        self.question = question
        self.header = header
        self.options = options
        self.multiSelect = multiSelect
    }
}

/// `GET /chat/question`; `question` is always written, `status` only when one was asked for by id.
package struct QuestionState: Sendable, Codable, Equatable {
    package enum Status: String, Sendable, Codable {
        case pending
        case answered
        /// Cancelled, replaced, or never known.
        case expired
    }
    package var status: Status?
    package var question: PendingQuestion?

    package init(status: Status?, question: PendingQuestion?) {
        self.status = status
        self.question = question
    }

    private enum CodingKeys: String, CodingKey {
        case status, question
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(status, forKey: .status)
        try container.encode(question, forKey: .question)
    }
}

/// `POST /chat/answer`: question text → chosen label, labels joined with `", "`, or free text.
package struct AnswerQuestion: Sendable, Codable, Equatable {
    package var toolUseID: String
    package var answers: [String: String]

    package init(toolUseID: String, answers: [String: String]) {
        self.toolUseID = toolUseID
        self.answers = answers
    }
}
