package import JSONText

/// `terminal/create` (acp.md §11.4).
package struct CreateTerminal: Sendable, Equatable {
    package var command: String
    package var arguments: [String]
    package var environment: [String: String]
    /// Absolute; the session's folder when absent.
    package var directory: String?
    /// How much of the output is kept, in bytes; the beginning goes first.
    package var outputLimit: Int?

    package init?(_ json: JSONValue) {
        guard let command = json["command"]?.stringValue else { return nil }
        self.command = command
        arguments = (json["args"]?.arrayValue ?? []).compactMap(\.stringValue)
        environment = [:]
        for variable in json["env"]?.arrayValue ?? [] {
            guard let name = variable["name"]?.stringValue, let value = variable["value"]?.stringValue else { continue }
            environment[name] = value
        }
        directory = json["cwd"]?.stringValue
        outputLimit = json["outputByteLimit"]?.integerValue.flatMap { Int(exactly: $0) }
    }
}

/// How the command of a terminal ended.
package struct TerminalExit: Sendable, Equatable {
    /// Absent when a signal ended it.
    package var exitCode: Int?
    /// The signal's name.
    package var signal: String?

    package init(exitCode: Int?, signal: String?) {
        self.exitCode = exitCode
        self.signal = signal
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = [:]
        members["exitCode"] = exitCode.map { .integer(Int64($0)) }
        members["signal"] = signal.map(JSONValue.string)
        return .object(members)
    }
}

/// The answer to `terminal/output`.
package struct TerminalOutput: Sendable, Equatable {
    package var text: String
    /// Whether its beginning is gone.
    package var isTruncated: Bool
    /// `nil` while the command runs.
    package var exit: TerminalExit?

    package init(text: String, isTruncated: Bool, exit: TerminalExit?) {
        self.text = text
        self.isTruncated = isTruncated
        self.exit = exit
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = ["output": .string(text), "truncated": .bool(isTruncated)]
        members["exitStatus"] = exit?.json
        return .object(members)
    }
}
