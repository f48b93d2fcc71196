import JSONText

/// One environment variable for the coding agent (agent-api.md §3.1).
package struct AgentCredential: Sendable, Codable, Hashable {
    package var envVar: String
    package var value: String

    package init(envVar: String, value: String) {
        self.envVar = envVar
        self.value = value
    }
}

extension AgentCredential {
    /// The value of ``AgentHeader/credentials``: a JSON array in ASCII, sorted by variable.
    package static func header(_ credentials: [AgentCredential]) -> String {
        let items = credentials.sorted { $0.envVar < $1.envVar }.map { credential in
            "{\"envVar\":\(quoted(credential.envVar)),\"value\":\(quoted(credential.value))}"
        }
        return "[" + items.joined(separator: ",") + "]"
    }

    /// Reads the header.
    ///
    /// Anything but a JSON array counts as an empty list; entries without a name or value are left out. The result is
    /// sorted by variable.
    package static func parse(header: String) -> [AgentCredential] {
        let entries: [JSONValue]
        do {
            entries = try JSONCoding.decode([JSONValue].self, from: header.utf8)
        } catch {
            return []
        }
        return entries.compactMap { entry -> AgentCredential? in
            guard let name = entry["envVar"]?.stringValue, let value = entry["value"]?.stringValue, !name.isEmpty,
                !value.isEmpty, !name.contains("="), !name.contains("\0"), !value.contains("\0")
            else { return nil }
            return AgentCredential(envVar: name, value: value)
        }
        .sorted { $0.envVar < $1.envVar }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x20...0x7E: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let hex = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
        }
        return result + "\""
    }
}

/// The author of the agent's commits (agent-api.md §3.2).
package struct AgentGitIdentity: Sendable, Hashable {
    package var name: String?
    package var email: String?

    package init(name: String?, email: String?) {
        self.name = name
        self.email = email
    }

    /// `text` as it stands in a header field: its UTF-8, all but letters, digits and `-._~@` percent-encoded.
    package static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "@"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                result += byte < 16 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return result
    }

    /// The text behind a header field: a value without `%`, or one that does not decode, is taken as it is.
    package static func decode(_ field: String) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(field).utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let code = Substring(rest.prefix(2))
            guard code.utf8.count == 2, let value = UInt8(code, radix: 16) else { return field }
            bytes.append(value)
            rest.removeFirst(2)
        }
        return String(validating: bytes, as: UTF8.self) ?? field
    }
}
