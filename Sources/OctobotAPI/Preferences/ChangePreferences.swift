import JSONText
package import OctobotModel

/// Set a preference.
package enum SetPreference: Operation {
    package static let name = "preference.set"
    package static let summary = "Set a preference"
    package static let description = "Creates or replaces it."
    package static let access = Access.user
    package static let http: [HTTPBinding] = [
        .put("/api/preferences/{key}", defaults: ["value": ""])
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(key: "chat.defaultModel", value: "anthropic:claude-sonnet-4")
    package static let exampleResult = Preference.example

    package typealias Result = Preference

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing {
        package var key: String
        package var value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }

        package static let schema = JSONSchema.parameters(
            .required("key", .bytes(1...256), "The key, such as `theme.colorScheme.dark`."),
            .required("value", .bytes(0...1_048_576), "Any text, also none.")
        )
    }
}

/// Set several preferences.
package enum SetPreferences: Operation {
    package static let name = "preference.setAll"
    package static let summary = "Set several preferences"
    package static let description = """
        All of them or none; those not named stay. Answers with those written.
        """
    package static let access = Access.user
    package static let http: [HTTPBinding] = [
        .put("/api/preferences", shape: .list("preferences"))
    ]
    package static let errors: [FaultKind] = []
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(preferences: ["chat.defaultModel": "anthropic:claude-sonnet-4"])
    package static let exampleResult = Page(items: [Preference.example])

    package typealias Result = Page<Preference>

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing {
        package var preferences: [String: String]

        package init(preferences: [String: String]) {
            self.preferences = preferences
        }

        package static let schema = JSONSchema.parameters(
            .required(
                "preferences",
                .map(to: .bytes(0...1_048_576), names: .init(length: 1...Int.max, maximumBytes: 256)),
                "Each value by its key."
            )
        )
    }
}

/// Delete a preference.
package enum DeletePreference: Operation {
    package static let name = "preference.delete"
    package static let summary = "Delete a preference"
    package static let description = "`notFound` for a key that was never set."
    package static let access = Access.user
    package static let http: [HTTPBinding] = [
        .delete("/api/preferences/{key}")
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = false
    package static let isDurable = true
    package static let exampleParams = Params(key: "chat.defaultModel")
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing {
        package var key: String

        package init(key: String) {
            self.key = key
        }

        package static let schema = JSONSchema.parameters(
            .required("key", .bytes(1...256), "The key, such as `theme.colorScheme.dark`.")
        )
    }
}
