import AgentClientProtocol
import JSONText

/// What a Codex thread can be set to, and how it is set now; every turn is started with it.
struct CodexChoices: Sendable, Equatable {
    struct Model: Sendable, Equatable {
        var id: String
        var name: String
        var efforts: [String]
        var defaultEffort: String?
    }

    var models: [Model] = []
    private(set) var model: String?
    /// `nil` leaves the model's own.
    private(set) var effort: String?
    /// Whether dangerous steps are asked about.
    private(set) var asks: Bool

    init(asks: Bool) {
        self.asks = asks
    }

    /// Adds a page of `model/list`, the hidden ones left out.
    mutating func add(_ page: JSONValue) {
        for model in page["data"]?.arrayValue ?? [] {
            guard let id = model["model"]?.stringValue ?? model["id"]?.stringValue, model["hidden"] != true else {
                continue
            }
            let efforts = (model["supportedReasoningEfforts"]?.arrayValue ?? [])
                .compactMap { $0["reasoningEffort"]?.stringValue }
            models.append(
                Model(
                    id: id,
                    name: model["displayName"]?.stringValue ?? id,
                    efforts: efforts,
                    defaultEffort: model["defaultReasoningEffort"]?.stringValue
                )
            )
        }
    }

    /// Takes over what a thread was opened with.
    mutating func opened(_ result: JSONValue) {
        model = result["model"]?.stringValue
        effort = result["reasoningEffort"]?.stringValue
        if let model, !models.contains(where: { $0.id == model }) {
            // A provider of the person's own may have models the list does not know.
            models.insert(Model(id: model, name: model, efforts: []), at: 0)
        }
    }

    private var current: Model? { models.first { $0.id == model } }

    /// Sets an option; throws for one that is not offered.
    mutating func set(_ id: String, to value: String) throws(ACPError) {
        guard let option = options.first(where: { $0.id == id }), option.choices.contains(where: { $0.value == value })
        else { throw .invalidParams("Codex offers no \(id) '\(value)'") }
        switch id {
        case "model":
            model = value
            if let effort, current?.efforts.contains(effort) == false { self.effort = nil }
        case "effort": effort = value
        default: asks = value == "ask"
        }
    }

    var options: [ConfigOption] {
        var options = [
            ConfigOption(
                id: "mode",
                category: "mode",
                currentValue: asks ? "ask" : "auto",
                choices: [.init(value: "ask", name: "Ask"), .init(value: "auto", name: "Auto")]
            ),
            ConfigOption(
                id: "model",
                category: "model",
                currentValue: model,
                choices: models.map { .init(value: $0.id, name: $0.name) }
            ),
        ]
        if let current, !current.efforts.isEmpty {
            options.append(
                ConfigOption(
                    id: "effort",
                    category: "thought_level",
                    currentValue: effort ?? current.defaultEffort,
                    choices: current.efforts.map { .init(value: $0, name: $0) }
                )
            )
        }
        return options
    }

    /// `untrusted` asks before every command that is not known to be harmless; `on-request` would ask only for what leaves
    /// Codex's own sandbox, and here it has none.
    var approvalPolicy: JSONValue { asks ? "untrusted" : "never" }

    /// Members of `turn/start`.
    var turn: [String: JSONValue] {
        var members: [String: JSONValue] = ["approvalPolicy": approvalPolicy]
        members["model"] = model.map(JSONValue.string)
        members["effort"] = effort.map(JSONValue.string)
        return members
    }
}
