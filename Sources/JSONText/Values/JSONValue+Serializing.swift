extension JSONValue {
    /// The value as compact UTF-8 text: members sorted by name, slashes not escaped, no final newline.
    ///
    /// A number that JSON cannot write (`nan`, `inf`) becomes `null`.
    package func serialized() -> [UInt8] {
        var text: [UInt8] = []
        serialize(into: &text)
        return text
    }

    /// Appends what ``serialized()`` gives.
    package func serialize(into text: inout [UInt8]) {
        switch self {
        case .null: text.append(contentsOf: "null".utf8)
        case .bool(let value): text.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): text.append(contentsOf: String(value).utf8)
        case .number(let value): Self.serialize(value, into: &text)
        case .string(let value): text.appendJSON(value)
        case .array(let elements):
            text.append(UInt8(ascii: "["))
            var isFirst = true
            for element in elements {
                if !isFirst { text.append(UInt8(ascii: ",")) }
                isFirst = false
                element.serialize(into: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            var isFirst = true
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                if !isFirst { text.append(UInt8(ascii: ",")) }
                isFirst = false
                text.appendJSON(name)
                text.append(UInt8(ascii: ":"))
                value.serialize(into: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    private static func serialize(_ value: Double, into text: inout [UInt8]) {
        guard value.isFinite else { return text.append(contentsOf: "null".utf8) }
        // Whole numbers are written as integers only where every reader takes them exactly.
        if let whole = Int64(exactly: value), abs(whole) <= JSONScanner.maximumInteger {
            text.append(contentsOf: String(whole).utf8)
        } else {
            text.append(contentsOf: value.description.utf8)
        }
    }
}

extension [UInt8] {
    /// Appends `string` as a JSON string with its quotes (RFC 8259 §7).
    package mutating func appendJSON(_ string: String) {
        var string = string
        append(UInt8(ascii: "\""))
        string.withUTF8 { content in
            var plain = content.startIndex
            for index in content.indices {
                let byte = content[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                append(contentsOf: content[plain..<index])
                plain = index + 1
                append(UInt8(ascii: "\\"))
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
                case 0x08: append(UInt8(ascii: "b"))
                case 0x0C: append(UInt8(ascii: "f"))
                case 0x0A: append(UInt8(ascii: "n"))
                case 0x0D: append(UInt8(ascii: "r"))
                case 0x09: append(UInt8(ascii: "t"))
                default:
                    append(contentsOf: "u00".utf8)
                    append(UInt8(ascii: "0") + byte >> 4)
                    append(contentsOf: String(byte & 0x0F, radix: 16).utf8)
                }
            }
            append(contentsOf: content[plain...])
        }
        append(UInt8(ascii: "\""))
    }
}
