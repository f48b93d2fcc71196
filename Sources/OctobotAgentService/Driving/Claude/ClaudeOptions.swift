import AgentClientProtocol
import JSONText

/// What a session of Claude Code can be set to, from the answer to `initialize`.
enum ClaudeOptions {
    static let model = "model"
    static let mode = "mode"

    /// The permission modes that are of use in a sandbox; the program's own names.
    private static let modes: [ConfigOption.Choice] = [
        .init(value: "default", name: "Ask"),
        .init(value: "acceptEdits", name: "Accept edits"),
        .init(value: "plan", name: "Plan"),
        .init(value: "dontAsk", name: "Refuse what is not allowed"),
    ]

    /// - Parameter answer: the answer to `initialize`.
    static func list(_ answer: JSONValue) -> [ConfigOption] {
        let models: [ConfigOption.Choice] = (answer["models"]?.arrayValue ?? []).compactMap {
            model -> ConfigOption.Choice? in
            guard let value = model["value"]?.stringValue else { return nil }
            return ConfigOption.Choice(value: value, name: model["displayName"]?.stringValue ?? value)
        }
        let mode = ConfigOption(
            id: Self.mode,
            category: "mode",
            currentValue: answer["current_permission_mode"]?.stringValue ?? "default",
            choices: modes
        )
        guard let first = models.first else { return [mode] }
        return [ConfigOption(id: Self.model, category: "model", currentValue: first.value, choices: models), mode]
    }

    /// The slash commands among what the program can do.
    static func commands(_ answer: JSONValue) -> [String] {
        (answer["commands"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
    }

    /// The request that sets an option; `nil` for one that there is not.
    static func request(_ id: String, _ value: String) -> JSONValue? {
        switch id {
        case model: return ["subtype": "set_model", "model": .string(value)]
        case mode: return ["subtype": "set_permission_mode", "mode": .string(value)]
        default: return Optional.none
        }
    }
}

extension [ConfigOption] {
    /// The same with another value of an option.
    func setting(_ id: String, to value: String) -> [ConfigOption] {
        map { option in
            var option = option
            if option.id == id { option.currentValue = value }
            return option
        }
    }
}
