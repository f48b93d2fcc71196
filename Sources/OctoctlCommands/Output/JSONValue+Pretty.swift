import JSONText

extension JSONValue {
    /// The value on several lines, two spaces a level, as people read it on a terminal.
    var pretty: String { Self.text(of: self, indent: "") }

    private static func text(of value: JSONValue, indent: String) -> String {
        let inner = indent + "  "
        switch value {
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { inner + text(of: $0, indent: inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n" + indent + "]"
        case .object(let members) where !members.isEmpty:
            let lines = members.sorted { $0.key < $1.key }.map { name, value in
                inner + text(of: .string(name), indent: "") + ": " + text(of: value, indent: inner)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
        default:
            return TerminalText.sanitized(String(decoding: value.serialized(), as: UTF8.self))
        }
    }
}
