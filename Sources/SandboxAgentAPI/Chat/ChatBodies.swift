package import JSONText

/// `POST /chat`.
package struct StartChat: Sendable, Codable, Equatable {
    /// UI messages; only the last one of the user is used.
    package var messages: [JSONValue]
    /// `<agent type>:<model>` or a bare model id; absent: the agent's default.
    package var model: String?
    /// `enabled` or `disabled`; empty or absent: the model's default.
    package var reasoning: String?
    /// How the agent is set up from this turn on; absent: as before.
    package var agent: AgentSettings?

    package init(
        messages: [JSONValue],
        model: String? = nil,
        reasoning: String? = nil,
        agent: AgentSettings? = nil
    ) {
        self.messages = messages
        self.model = model
        self.reasoning = reasoning
        self.agent = agent
    }
}

/// The 202 of `POST /chat`.
package struct ChatStarted: Sendable, Codable, Equatable {
    package var completionID: String
    package var status: String

    package init(completionID: String) {
        self.completionID = completionID
        status = "started"
    }

    private enum CodingKeys: String, CodingKey {
        case status
        case completionID = "completionId"
    }
}

/// `POST /chat/ack`: the daemon has stored the turn's chunks up to `n` (decision 30).
package struct AcknowledgeChat: Sendable, Codable, Equatable {
    package var completionID: String
    package var n: Int

    package init(completionID: String, n: Int) {
        self.completionID = completionID
        self.n = n
    }

    private enum CodingKeys: String, CodingKey {
        case n
        case completionID = "completionId"
    }
}

/// `GET /chat/status`; all four keys are always written.
package struct ChatStatus: Sendable, Codable, Equatable {
    package var isRunning: Bool
    package var completionID: String?
    /// UTC, milliseconds.
    package var startedAt: String?
    /// Why the last turn failed.
    package var error: String?

    package init(isRunning: Bool = false, completionID: String? = nil, startedAt: String? = nil, error: String? = nil) {
        self.isRunning = isRunning
        self.completionID = completionID
        self.startedAt = startedAt
        self.error = error
    }

    private enum CodingKeys: String, CodingKey {
        case isRunning, startedAt, error
        case completionID = "completionId"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(isRunning, forKey: .isRunning)
        try container.encode(completionID, forKey: .completionID)
        try container.encode(startedAt, forKey: .startedAt)
        try container.encode(error, forKey: .error)
    }
}

/// The optional body of `POST /chat/cancel`; without `completionID` the running turn is meant.
package struct CancelChat: Sendable, Codable, Equatable {
    package var completionID: String?

    package init(completionID: String? = nil) { self.completionID = completionID }

    private enum CodingKeys: String, CodingKey {
        case completionID = "completionId"
    }
}

/// The 200 of `POST /chat/cancel`: the turn ends shortly after.
package struct ChatCancelled: Sendable, Codable, Equatable {
    package var success: Bool
    package var completionID: String
    package var status: String

    package init(completionID: String) {
        success = true
        self.completionID = completionID
        status = "cancelled"
    }

    private enum CodingKeys: String, CodingKey {
        case success, status
        case completionID = "completionId"
    }
}
