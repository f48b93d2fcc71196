package import JSONText

/// A setting an agent offers for a session (acp.md §10).
package struct ConfigOption: Sendable, Equatable {
    package struct Choice: Sendable, Equatable {
        package var value: String
        package var name: String
        package init(value: String, name: String) {
            self.value = value
            self.name = name
        }
    }
    package var id: String
    package var category: String?
    package var currentValue: String?
    /// Groups are flattened; those of an option that is on or off are `true` and `false`.
    package var choices: [Choice]
    /// Whether it is on or off.
    package var isBoolean: Bool

    package init(id: String, category: String?, currentValue: String?, choices: [Choice], isBoolean: Bool = false) {
        self.isBoolean = isBoolean
        self.id = id
        self.category = category
        self.currentValue = currentValue
        self.choices = choices
    }

    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.stringValue else { return nil }
        guard json["type"]?.stringValue != "boolean" else {
            self.init(
                id: id,
                category: json["category"]?.stringValue,
                currentValue: json["currentValue"]?.boolValue.map { $0 ? "true" : "false" },
                choices: [Choice(value: "false", name: "Off"), Choice(value: "true", name: "On")],
                isBoolean: true
            )
            return
        }
        self.init(
            id: id,
            category: json["category"]?.stringValue,
            currentValue: json["currentValue"]?.stringValue,
            choices: (json["options"]?.arrayValue ?? []).flatMap(Self.choices)
        )
    }

    private static func choices(_ json: JSONValue) -> [Choice] {
        if let group = json["options"]?.arrayValue { return group.flatMap(choices) }
        guard let value = json["value"]?.stringValue else { return [] }
        return [Choice(value: value, name: json["name"]?.stringValue ?? value)]
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = ["id": .string(id), "name": .string(id)]
        members["category"] = category.map(JSONValue.string)
        if isBoolean {
            members["type"] = "boolean"
            members["currentValue"] = .bool(currentValue == "true")
        } else {
            members["type"] = "select"
            members["currentValue"] = currentValue.map(JSONValue.string)
            members["options"] = .array(choices.map { ["value": .string($0.value), "name": .string($0.name)] })
        }
        return .object(members)
    }
}

/// What a session can be set to, from the answers to `session/new`, `load` and `resume` and from updates.
package struct SessionOptions: Sendable, Equatable {
    package var configOptions: [ConfigOption] = []
    package var legacyModels: [ConfigOption.Choice] = []
    package var legacyCurrentModel: String?
    package var legacyModes: [ConfigOption.Choice] = []
    package var legacyCurrentMode: String?

    package init() {}

    /// Reads the part of a session answer that names options; missing members give empty lists.
    package init(_ json: JSONValue) {
        configOptions = (json["configOptions"]?.arrayValue ?? []).compactMap(ConfigOption.init)
        legacyModels = (json["models"]?["availableModels"]?.arrayValue ?? []).compactMap { model in
            model["modelId"]?.stringValue.map { .init(value: $0, name: model["name"]?.stringValue ?? $0) }
        }
        legacyCurrentModel = json["models"]?["currentModelId"]?.stringValue
        legacyModes = (json["modes"]?["availableModes"]?.arrayValue ?? []).compactMap { mode in
            mode["id"]?.stringValue.map { .init(value: $0, name: mode["name"]?.stringValue ?? $0) }
        }
        legacyCurrentMode = json["modes"]?["currentModeId"]?.stringValue
    }

    private func option(_ category: String) -> ConfigOption? {
        configOptions.first { $0.category == category }
    }

    package var modelOption: ConfigOption? { option("model") }
    package var modeOption: ConfigOption? { option("mode") }
    package var thoughtOption: ConfigOption? { option("thought_level") }

    /// The models to choose from.
    package var models: [ConfigOption.Choice] { modelOption?.choices ?? legacyModels }

    package var currentModel: String? { modelOption.map(\.currentValue) ?? legacyCurrentModel }

    /// The modes to choose from; an agent that has both kinds means its options (acp.md §10).
    package var modes: [ConfigOption.Choice] { modeOption?.choices ?? legacyModes }

    package var currentMode: String? { modeOption.map(\.currentValue) ?? legacyCurrentMode }

    /// The value of the thinking option that stands for on or off: one named so, for on `high`, else its last or
    /// first.
    package func thoughtValue(enabled: Bool) -> String? {
        guard let choices = thoughtOption?.choices, !choices.isEmpty else { return nil }
        let names = enabled ? ["on", "enabled", "true"] : ["off", "none", "disabled", "false"]
        let named = choices.first { names.contains($0.value.lowercased()) || names.contains($0.name.lowercased()) }
        let high = enabled ? choices.first { $0.value == "high" } : nil
        return (named ?? high ?? (enabled ? choices.last : choices.first))?.value
    }
}
