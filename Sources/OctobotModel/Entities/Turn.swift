/// Where a prompt is on its way (decision 35); `unknown` ends a turn whose delivery can no longer be told.
package enum TurnState: String, Sendable, Codable, CaseIterable {
    case queued, delivering, running, completed, failed, cancelled, unknown

    package var isTerminal: Bool {
        switch self {
        case .queued, .delivering, .running: false
        case .completed, .failed, .cancelled, .unknown: true
        }
    }
}

/// One prompt and the agent's answer to it.
package struct Turn: Sendable, Codable, Equatable {
    package var id: TurnID
    package var sessionID: SessionID
    /// The id of the user's message.
    package var messageID: String
    package var state: TurnState
    /// When it came into this state, and what brought it there.
    package var since: Timestamp
    package var cause: StateCause
    package var reason: String?
    package var model: String?
    package var reasoning: Reasoning?
    package var createdAt: Timestamp
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?

    package init(
        id: TurnID,
        sessionID: SessionID,
        messageID: String,
        state: TurnState,
        reason: String? = nil,
        model: String? = nil,
        reasoning: Reasoning? = nil,
        createdAt: Timestamp,
        startedAt: Timestamp? = nil,
        endedAt: Timestamp? = nil,
        since: Timestamp? = nil,
        cause: StateCause = .unknown
    ) {
        self.id = id
        self.sessionID = sessionID
        self.messageID = messageID
        self.state = state
        self.since = since ?? createdAt
        self.cause = cause
        self.reason = reason
        self.model = model
        self.reasoning = reasoning
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
    }

    enum CodingKeys: String, CodingKey {
        case id, state, since, cause, reason, model, reasoning, createdAt, startedAt, endedAt
        case sessionID = "sessionId"
        case messageID = "messageId"
    }
}

/// One question of an approval; the key of its answer is the full question text.
package struct Question: Sendable, Codable, Equatable {
    package struct Option: Sendable, Codable, Equatable {
        package var label: String
        package var description: String
        package init(label: String, description: String) {
            self.label = label
            self.description = description
        }
    }
    package var question: String
    package var header: String
    package var options: [Option]
    package var multiSelect: Bool
    package init(question: String, header: String, options: [Option], multiSelect: Bool) {
        self.question = question
        self.header = header
        self.options = options
        self.multiSelect = multiSelect
    }
}

/// Something an agent asks of a person; durable, answered once, from any client (decision 39).
package struct Approval: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable { case permission, question }
    package enum State: String, Sendable, Codable, CaseIterable { case pending, answered, expired }
    package var id: ApprovalID
    package var sessionID: SessionID
    package var turnID: TurnID
    package var toolCallID: String
    package var kind: Kind
    package var state: State
    package var questions: [Question]
    /// What a permission is asked for, where the agent says it; rules can answer only then.
    package var subject: ApprovalSubject?
    package var answers: [String: String]?
    /// Who answered; for an answer by a rule, who made the rule.
    package var answeredBy: String?
    /// The rule that answered.
    package var ruleID: ApprovalRuleID?
    package var answeredAt: Timestamp?
    package var createdAt: Timestamp

    package init(
        id: ApprovalID,
        sessionID: SessionID,
        turnID: TurnID,
        toolCallID: String,
        kind: Kind,
        state: State,
        questions: [Question],
        subject: ApprovalSubject? = nil,
        answers: [String: String]? = nil,
        answeredBy: String? = nil,
        ruleID: ApprovalRuleID? = nil,
        answeredAt: Timestamp? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.sessionID = sessionID
        self.turnID = turnID
        self.toolCallID = toolCallID
        self.kind = kind
        self.state = state
        self.questions = questions
        self.subject = subject
        self.answers = answers
        self.answeredBy = answeredBy
        self.ruleID = ruleID
        self.answeredAt = answeredAt
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case id, kind, state, questions, subject, answers, answeredBy, answeredAt, createdAt
        case ruleID = "ruleId"
        case sessionID = "sessionId"
        case turnID = "turnId"
        case toolCallID = "toolCallId"
    }
}
