import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl preference list`.
struct PreferenceList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List your preferences by key.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            try await connected.list(ListPreferences.self, page, nothing: "No preferences.") { limit, cursor in
                ListPreferences.Params(limit: limit, cursor: cursor)
            }
        }
    }
}

/// `octoctl preference get`.
struct PreferenceGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show a preference.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The key, such as theme.colorScheme.")
    var key: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(GetPreference.self, GetPreference.Params(key: key))
        }
    }
}

/// `octoctl preference set`.
struct PreferenceSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "set", abstract: "Create or replace a preference.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The key, such as theme.colorScheme.")
    var key: String

    @Argument(help: "Any text.")
    var value: String

    func run() async throws {
        try await global.connected { connected in
            try await connected.show(SetPreference.self, SetPreference.Params(key: key, value: value))
        }
    }
}

/// `octoctl preference set-all`.
struct PreferenceSetAll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-all",
        abstract: "Set several preferences, all of them or none.",
        aliases: ["setAll"]
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Each as key=value.")
    var preferences: [String]

    func run() async throws {
        var values: [String: String] = [:]
        for text in preferences {
            let pair = try Assignment(text)
            guard case .text(let value) = pair.value else {
                throw Failure("'\(text)' is not key=value; preferences are text.", status: .usage)
            }
            values[pair.key] = value
        }
        try await global.connected { connected in
            let params = SetPreferences.Params(preferences: values)
            let bytes = try await connected.client.call(SetPreferences.name, params: JSONCoding.encode(params))
            connected.confirm("Set \(values.count) preferences.", bytes)
        }
    }
}

/// `octoctl preference delete`.
struct PreferenceDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Delete a preference.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The key, such as theme.colorScheme.")
    var key: String

    func run() async throws {
        try await global.connected { connected in
            let params = DeletePreference.Params(key: key)
            try await connected.perform(DeletePreference.self, params, done: "Deleted preference \(key).")
        }
    }
}
