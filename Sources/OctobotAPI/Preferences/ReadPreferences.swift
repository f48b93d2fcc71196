package import OctobotModel

/// List the caller’s preferences.
package enum ListPreferences: Operation {
    package static let name = "preference.list"
    package static let summary = "List the caller’s preferences"
    package static let description = "By key."
    package static let access = Access.user
    package static let http: [HTTPBinding] = [
        .get("/api/preferences", shape: .list("preferences"))
    ]
    package static let errors: [FaultKind] = [.cursorInvalid]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params()
    package static let exampleResult = Page(items: [Preference.example])

    package typealias Result = Page<Preference>

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, Paged {
        package var limit: Int?
        package var cursor: String?

        package init(limit: Int? = nil, cursor: String? = nil) {
            self.limit = limit
            self.cursor = cursor
        }

        package static let schema = JSONSchema.parameters(
            .limit,
            .cursor
        )
    }
}

/// Show a preference.
package enum GetPreference: Operation {
    package static let name = "preference.get"
    package static let summary = "Show a preference"
    package static let description = "`notFound` for a key that was never set."
    package static let access = Access.user
    package static let http: [HTTPBinding] = [
        .get("/api/preferences/{key}")
    ]
    package static let errors: [FaultKind] = [.notFound]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(key: "chat.defaultModel")
    package static let exampleResult = Preference.example

    package typealias Result = Preference

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
