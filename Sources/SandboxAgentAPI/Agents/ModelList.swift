/// `GET /models`.
package struct ModelList: Sendable, Codable, Equatable {
    /// One model the agent offers; all six keys are always present.
    package struct Model: Sendable, Codable, Equatable {
        /// `<agent type>:<option value>`.
        package var id: String
        package var displayName: String
        package var provider: String
        package var createdAt: String
        package var type: String
        /// Whether the agent lets its thinking be set.
        package var reasoning: Bool

        package init(id: String, displayName: String, provider: String, reasoning: Bool) {
            self.id = id
            self.displayName = displayName
            self.provider = provider
            createdAt = ""
            type = "model"
            self.reasoning = reasoning
        }

        private enum CodingKeys: String, CodingKey {
            case id, provider, type, reasoning
            case displayName = "display_name"
            case createdAt = "created_at"
        }
    }
    package var models: [Model]
    /// What the agent says about itself; absent in answers of old.
    package var agent: AgentReport?
    package init(models: [Model], agent: AgentReport? = nil) {
        self.models = models
        self.agent = agent
    }
}
