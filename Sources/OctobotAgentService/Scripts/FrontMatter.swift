/// The declarations at the head of a script (agent-api.md §11.1): flat `key: value` lines between two equal delimiters.
struct FrontMatter: Sendable, Equatable {
    /// How the lines are marked.
    private enum Style: String, CaseIterable {
        case plain = "---"
        case hash = "#---"
        case slashes = "//---"

        /// What each line of content begins with.
        var prefix: String { String(rawValue.dropLast(3)) }
    }

    var values: [String: String] = [:]
    /// What follows the closing delimiter.
    var body: Substring = ""

    /// `nil` when the text has none: no delimiter, none that closes, or a line that is not marked as the others are.
    init?(_ text: String) {
        var rest = text[...]
        if rest.hasPrefix("#!") { _ = Self.line(of: &rest) }
        guard let opening = Self.line(of: &rest)?.trimmedEnd,
            let style = Style.allCases.first(where: { opening == $0.rawValue })
        else { return nil }
        while let line = Self.line(of: &rest)?.trimmedEnd {
            if line == style.rawValue {
                body = rest
                return
            }
            if line.isEmpty { continue }
            guard line.hasPrefix(style.prefix) else { return nil }
            add(line.dropFirst(style.prefix.count).drop { $0.isWhitespace })
        }
        return nil
    }

    private mutating func add(_ line: Substring) {
        guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { return }
        let key = line[..<colon].trimmedEnd
        var value = line[line.index(after: colon)...].drop { $0.isWhitespace }.trimmedEnd
        if value.count >= 2, let quote = value.first, quote == value.last, quote == "\"" || quote == "'" {
            value = value.dropFirst().dropLast()
        }
        values[String(key)] = String(value)
    }

    /// Takes the next line off the text, without its end.
    private static func line(of rest: inout Substring) -> Substring? {
        guard !rest.isEmpty else { return nil }
        guard let end = rest.firstIndex(where: \.isNewline) else {
            defer { rest = rest[rest.endIndex...] }
            return rest
        }
        defer { rest = rest[rest.index(after: end)...] }
        return rest[..<end]
    }

    /// The value of a key; `nil` also when it is empty.
    subscript(key: String) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0 } }
}

extension Substring {
    /// Without the white space at its end.
    fileprivate var trimmedEnd: Substring {
        var copy = self
        while copy.last?.isWhitespace == true { copy.removeLast() }
        return copy
    }
}
