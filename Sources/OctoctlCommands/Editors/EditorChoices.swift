import JSONText
import OctobotAPI
import OctobotModel

/// What an editor may set for the next prompts of a session: model and reasoning (acp.md §18.2).
struct EditorChoices: Sendable, Equatable {
    /// As the agent tells them; none as long as it has not.
    var models: [AgentModel] = []
    /// `nil`: the session's own.
    var model: String?
    /// `nil`: the agent's default.
    var reasoning: Reasoning?

    private static let ownValue = "default"

    /// The `configOptions` of a session.
    var json: [JSONValue] {
        var options: [JSONValue] = []
        if !models.isEmpty {
            let choices = [("Default", Self.ownValue)] + models.map { ($0.name, $0.id) }
            options.append(Self.option("model", "Model", "model", model, choices))
        }
        if models.contains(where: { $0.reasoning == true }) {
            let choices = [("Default", Self.ownValue), ("On", "enabled"), ("Off", "disabled")]
            options.append(Self.option("reasoning", "Reasoning", "thought_level", reasoning?.rawValue, choices))
        }
        return options
    }

    private static func option(
        _ id: String,
        _ name: String,
        _ category: String,
        _ current: String?,
        _ choices: [(String, String)]
    ) -> JSONValue {
        [
            "id": .string(id), "name": .string(name), "category": .string(category), "type": "select",
            "currentValue": .string(current ?? ownValue),
            "options": .array(choices.map { name, value in ["value": .string(value), "name": .string(name)] }),
        ]
    }

    /// Sets an option by its id.
    ///
    /// - Returns: Whether there is such an option with such a value.
    mutating func set(_ option: String, to value: String) -> Bool {
        let isOwn = value == Self.ownValue
        switch option {
        case "model" where isOwn || models.contains { $0.id == value }:
            model = isOwn ? nil : value
        case "reasoning" where isOwn || Reasoning(rawValue: value) != nil:
            reasoning = Reasoning(rawValue: value)
        default: return false
        }
        return true
    }
}
