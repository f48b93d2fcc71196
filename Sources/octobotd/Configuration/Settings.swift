import Configuration
import Foundation
import OctobotAPI
import SystemPackage

/// Reads variables one by one and remembers where each effective value came from.
///
/// The environment wins over `$XDG_CONFIG_HOME/octobot/octobotd.env`; an empty variable counts as not set.
struct Settings {
    private let sources: [(name: String, provider: EnvironmentVariablesProvider)]
    private(set) var entries: [SystemConfig.Entry] = []
    let environment: [String: String]

    init(environment: [String: String]) async throws {
        self.environment = environment
        let file = Self.configurationFile(environment)
        let provider: EnvironmentVariablesProvider
        do {
            provider = try await EnvironmentVariablesProvider(environmentFilePath: FilePath(file), allowMissing: true)
        } catch {
            throw ConfigurationError(
                name: file,
                problem: "cannot be read (\(error))",
                allowed: "lines of NAME=VALUE, readable by this user"
            )
        }
        sources = [
            ("environment", EnvironmentVariablesProvider(environmentVariables: environment)),
            (file, provider),
        ]
    }

    static func configurationFile(_ environment: [String: String]) -> String {
        folder("XDG_CONFIG_HOME", or: ".config", environment) + "/octobot/octobotd.env"
    }

    /// An XDG base folder (XDG Base Directory Specification): the variable when it is absolute, else below home.
    static func folder(_ variable: String, or fallback: String, _ environment: [String: String]) -> String {
        if let value = environment[variable], value.hasPrefix("/") { return value }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
        return home + "/" + fallback
    }

    /// Whether a variable is set anywhere; does not record it.
    func isSet(_ name: String) -> Bool { raw(name) != nil }

    private func raw(_ name: String) -> (value: String, source: String)? {
        for (source, provider) in sources {
            // A lookup by plain name cannot fail: there is nothing to convert.
            if let value = try? provider.environmentValue(forName: name), !value.isEmpty { return (value, source) }
        }
        return nil
    }

    /// The value of `name`, or its default.
    ///
    /// - Parameter parse: The value, or `nil` for one that is not allowed.
    mutating func value<Value>(
        _ name: String,
        default fallback: Value,
        shown: String,
        allowed: String,
        isSecret: Bool = false,
        parse: (String) -> Value?
    ) throws -> Value {
        guard let (text, source) = raw(name) else {
            record(name, shown, "default", isDefault: true, isSecret)
            return fallback
        }
        guard let value = parse(text) else {
            throw ConfigurationError(
                name: name,
                value: isSecret ? "(hidden)" : text,
                problem: "cannot be used",
                allowed: allowed
            )
        }
        record(name, isSecret ? "********" : text, source, isDefault: false, isSecret)
        return value
    }

    /// A text with no rules of its own.
    mutating func text(_ name: String, default fallback: String? = nil, isSecret: Bool = false) throws -> String? {
        try value(
            name,
            default: fallback,
            shown: fallback ?? "",
            allowed: "any text",
            isSecret: isSecret,
            parse: { $0 }
        )
    }

    /// A comma-separated list, each item trimmed, empty ones dropped.
    mutating func list(_ name: String) throws -> [String] {
        try value(name, default: [], shown: "", allowed: "a comma-separated list") { text in
            text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
    }

    private mutating func record(_ name: String, _ value: String, _ source: String, isDefault: Bool, _ isSecret: Bool) {
        entries.append(
            SystemConfig.Entry(name: name, value: value, source: source, isDefault: isDefault, isSecret: isSecret)
        )
    }

    /// Reads Go's duration syntax in whole units: `h`, `m`, `s`, `ms`.
    static func duration(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        var total = Duration.zero
        var rest = Substring(text)
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: /([0-9]{1,9})(ms|h|m|s)/), let count = Int64(match.1) else {
                return nil
            }
            switch match.2 {
            case "h": total += .seconds(count * 3600)
            case "m": total += .seconds(count * 60)
            case "s": total += .seconds(count)
            default: total += .milliseconds(count)
            }
            rest = rest[match.range.upperBound...]
        }
        return text.isEmpty ? nil : total
    }

    /// Go's booleans: 1, t, true, 0, f, false in the usual cases.
    static func boolean(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }
}
