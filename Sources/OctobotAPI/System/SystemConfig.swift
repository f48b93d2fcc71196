package import OctobotModel

/// Show the configuration in force.
package enum SystemConfig: Operation {
    package static let name = "system.config"
    package static let summary = "Show the configuration in force"
    package static let description = """
        Every setting with its value and where it came from; secrets are hidden.
        """
    package static let access = Access.operator
    package static let errors: [FaultKind] = [.permissionDenied]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Empty()
    package static let exampleResult = Result(entries: [
        Entry(name: "PORT", value: "3001", source: "default", isDefault: true, isSecret: false)
    ])

    package typealias Params = Empty

    /// Every setting the daemon reads.
    package struct Result: Codable, Sendable, Equatable, ComponentDescribing {
        package var entries: [Entry]

        package init(entries: [Entry]) {
            self.entries = entries
        }

        package static let schemaName = "Configuration"
        package static let definition = JSONSchema.record(
            .required("entries", .array(of: .reference(to: Entry.self)), "By name.")
        )
    }

    /// One setting.
    package struct Entry: Codable, Sendable, Equatable, ComponentDescribing {
        package var name: String
        package var value: String
        package var source: String
        package var isDefault: Bool
        package var isSecret: Bool

        package init(name: String, value: String, source: String, isDefault: Bool, isSecret: Bool) {
            self.name = name
            self.value = value
            self.source = source
            self.isDefault = isDefault
            self.isSecret = isSecret
        }

        package static let schemaName = "ConfigurationEntry"
        package static let definition = JSONSchema.record(
            .required("name", .string, "The environment variable."),
            .required("value", .string, "The value in force; `…` for a secret."),
            .required("source", .string, "Where it came from, such as `environment`."),
            .required("isDefault", .boolean, "Whether nobody set it."),
            .required("isSecret", .boolean, "Whether the value is hidden.")
        )
    }
}
