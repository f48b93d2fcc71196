package import OctobotModel

/// Show what turns used.
package enum GetUsage: Operation {
    package static let name = "usage.get"
    package static let summary = "Show what turns used"
    package static let description = """
        Tokens and money, where the agent tells them, of the turns that have ended; of the project with all its sessions, \
        deleted ones included, or of one session.
        """
    package static let access = Access.member
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(sessionID: "s1")
    package static let exampleResult = Usage.example

    package typealias Result = Usage

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID?

        package init(projectID: ProjectID? = nil, sessionID: SessionID? = nil) {
            self.projectID = projectID
            self.sessionID = sessionID
        }

        private enum CodingKeys: String, CodingKey {
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .optional("sessionId", .identifier, "Only of this session.")
        )
    }
}

extension Usage: ComponentDescribing {
    package static let schemaName = "Usage"
    package static let definition = JSONSchema.record(
        .required("turns", .count, "How many turns told what they used."),
        .required("inputTokens", .count, "What the models read."),
        .required("outputTokens", .count, "What the models wrote."),
        .required("cachedTokens", .count, "What of the input came from a cache."),
        .required("costs", .array(of: .reference(to: Cost.self)), "What it cost, by currency."),
        .optional("context", .reference(to: ContextUse.self), "How full the session’s context is."),
        .required("models", .array(of: .reference(to: Share.self)), "The same by model."),
        description: "What turns used together."
    )

    /// What the documents show.
    package static let example = Usage(
        [
            Share(
                model: "claude-code:sonnet",
                turns: 2,
                inputTokens: 12_000,
                outputTokens: 900,
                cachedTokens: 8_000,
                costs: [.example]
            )
        ],
        context: ContextUse(used: 12_900, size: 200_000)
    )
}

extension Usage.Share: ComponentDescribing {
    package static let schemaName = "UsageShare"
    package static let definition = JSONSchema.record(
        .optional("model", .string, "The model; absent when the agent did not tell."),
        .required("turns", .count, "How many turns told what they used."),
        .required("inputTokens", .count, "What the model read."),
        .required("outputTokens", .count, "What the model wrote."),
        .required("cachedTokens", .count, "What of the input came from a cache."),
        .required("costs", .array(of: .reference(to: Cost.self)), "What it cost, by currency."),
        description: "What turns with one model used."
    )
}

extension Cost: ComponentDescribing {
    package static let schemaName = "Cost"
    package static let definition = JSONSchema.record(
        .required("amount", .number, "In units of the currency."),
        .required("currency", .string(3...3), "ISO 4217, such as `USD`."),
        description: "An amount of money."
    )

    /// What the documents show.
    package static let example = Cost(amount: 0.25, currency: "USD")
}

extension ContextUse: ComponentDescribing {
    package static let schemaName = "ContextUse"
    package static let definition = JSONSchema.record(
        .required("used", .count, "The tokens in it."),
        .optional("size", .count, "How many there may be."),
        description: "How full a model’s context is."
    )
}
