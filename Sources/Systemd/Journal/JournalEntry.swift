import Logging

/// An entry as the fields of the journal's own format (systemd.journal-fields(7)).
struct JournalEntry {
    var level: Logger.Level
    var message: String
    var label: String
    var metadata: [String: String]
    var file: String
    var line: UInt
    var function: String

    /// `NAME=value`, metadata keys in a field of their own and behind the message, where people look.
    var fields: [String] {
        let pairs = metadata.sorted { $0.key < $1.key }
        let shown = ([message] + pairs.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        return [
            "MESSAGE=\(shown)", "PRIORITY=\(priority)", "SYSLOG_IDENTIFIER=octobotd", "LOGGER=\(label)",
            "CODE_FILE=\(file)", "CODE_LINE=\(line)", "CODE_FUNC=\(function)",
        ] + pairs.map { "OCTOBOT_\(Self.name($0.key))=\($0.value)" }
    }

    /// The priorities of syslog(3).
    var priority: Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    /// Field names are upper-case letters, digits and underscores, at most 64 of them; the prefix takes 8.
    static func name(_ key: String) -> String {
        let characters = key.uppercased().unicodeScalars.prefix(56).map { scalar in
            ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "_"
        }
        return String(characters)
    }
}
