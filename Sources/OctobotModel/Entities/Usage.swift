/// What a turn used, as its agent told it.
package struct TurnUsage: Sendable, Equatable {
    package var turnID: TurnID
    package var sessionID: SessionID
    /// The model that answered, `<agent type>:<model>`.
    package var model: String?
    package var inputTokens: Int64
    package var outputTokens: Int64
    /// Those of the input that came from the provider's cache.
    package var cachedTokens: Int64
    package var context: ContextUse?
    package var cost: Cost?

    package init(
        turnID: TurnID,
        sessionID: SessionID,
        model: String? = nil,
        inputTokens: Int64 = 0,
        outputTokens: Int64 = 0,
        cachedTokens: Int64 = 0,
        context: ContextUse? = nil,
        cost: Cost? = nil
    ) {
        self.turnID = turnID
        self.sessionID = sessionID
        self.model = model
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cachedTokens = cachedTokens
        self.context = context
        self.cost = cost
    }
}

/// An amount of money.
package struct Cost: Sendable, Codable, Equatable {
    package var amount: Double
    /// ISO 4217, such as `USD`.
    package var currency: String

    package init(amount: Double, currency: String) {
        self.amount = amount
        self.currency = currency
    }
}

/// How full a model's context is, in tokens.
package struct ContextUse: Sendable, Codable, Equatable {
    package var used: Int64
    package var size: Int64?

    package init(used: Int64, size: Int64? = nil) {
        self.used = used
        self.size = size
    }
}

/// What turns used together.
package struct Usage: Sendable, Codable, Equatable {
    /// The part of one model.
    package struct Share: Sendable, Codable, Equatable {
        /// Absent: the agent did not tell.
        package var model: String?
        package var turns: Int64
        package var inputTokens: Int64
        package var outputTokens: Int64
        package var cachedTokens: Int64
        /// By currency; empty where no agent told.
        package var costs: [Cost]

        package init(
            model: String? = nil,
            turns: Int64 = 0,
            inputTokens: Int64 = 0,
            outputTokens: Int64 = 0,
            cachedTokens: Int64 = 0,
            costs: [Cost] = []
        ) {
            self.model = model
            self.turns = turns
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
            self.cachedTokens = cachedTokens
            self.costs = costs
        }
    }

    /// How many turns told what they used.
    package var turns: Int64
    package var inputTokens: Int64
    package var outputTokens: Int64
    package var cachedTokens: Int64
    package var costs: [Cost]
    /// How full the context was at the end of the last turn; only of one session.
    package var context: ContextUse?
    /// Model by model, in the order of their names.
    package var models: [Share]

    /// Adds up the parts.
    package init(_ models: [Share], context: ContextUse? = nil) {
        func sum(_ member: (Share) -> Int64) -> Int64 {
            models.reduce(0) { sum, share in
                let (result, overflows) = sum.addingReportingOverflow(member(share))
                return overflows ? .max : result
            }
        }
        turns = sum(\.turns)
        inputTokens = sum(\.inputTokens)
        outputTokens = sum(\.outputTokens)
        cachedTokens = sum(\.cachedTokens)
        let amounts = Dictionary(models.flatMap(\.costs).map { ($0.currency, $0.amount) }, uniquingKeysWith: +)
        costs = amounts.sorted { $0.key < $1.key }.map { Cost(amount: $0.value, currency: $0.key) }
        self.context = context
        self.models = models
    }
}
