import JSONText

/// `key=value` (text) or `key:=json`, as `octoctl call` takes them.
struct Assignment: Equatable {
    enum Value: Equatable {
        case text(String)
        case json(JSONValue)
    }

    var key: String
    var value: Value

    /// - Throws: ``Failure`` that says what is wrong with it.
    init(_ text: String) throws {
        guard let sign = text.firstIndex(of: "=") else {
            throw Failure("'\(text)' is neither key=value nor key:=json.", status: .usage)
        }
        let right = String(text[text.index(after: sign)...])
        var key = text[..<sign]
        let isJSON = key.last == ":"
        if isJSON { key.removeLast() }
        guard !key.isEmpty else { throw Failure("'\(text)' has no key.", status: .usage) }
        self.key = String(key)
        guard isJSON else {
            value = .text(right)
            return
        }
        do {
            value = .json(try JSONValue(parsing: Array(right.utf8)))
        } catch {
            throw Failure(
                "What follows '\(key):=' is not JSON: \(error)",
                hint: "Text is written \(key)=TEXT.",
                status: .usage
            )
        }
    }

    /// The params of a call.
    ///
    /// - Throws: ``Failure`` for a key that comes twice.
    static func params(_ texts: [String]) throws -> JSONValue {
        var members: [String: JSONValue] = [:]
        for text in texts {
            let pair = try Assignment(text)
            let value: JSONValue =
                switch pair.value {
                case .text(let text): .string(text)
                case .json(let json): json
                }
            guard members.updateValue(value, forKey: pair.key) == nil else {
                throw Failure("'\(pair.key)' is given twice.", status: .usage)
            }
        }
        return .object(members)
    }
}
