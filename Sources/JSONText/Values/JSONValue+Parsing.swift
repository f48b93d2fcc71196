extension JSONValue {
    /// The tree of a JSON text, checked by ``JSONScanner`` first.
    ///
    /// An integer stays one exactly; `1.0` and `1e3` are ``number(_:)``. Two names that Unicode holds for the same
    /// (`é` in its two spellings) count as duplicates, since a dictionary of strings cannot keep both.
    package init(parsing bytes: some Collection<UInt8>) throws(JSONScanError) {
        self = try withContiguousBytes(bytes) { text throws(JSONScanError) in
            var scanner = JSONScanner()
            try scanner.scan(text)
            var builder = TreeBuilder(text: text)
            return try builder.value()
        }
    }
}

/// Builds the tree of a text that the scanner accepted: what it would refuse is not looked for again, and its depth
/// bounds the recursion here.
private struct TreeBuilder {
    let text: UnsafeBufferPointer<UInt8>
    var at = 0

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    mutating func value() throws(JSONScanError) -> JSONValue {
        switch try JSONScanner.next(text, &at) {
        case UInt8(ascii: "{"): try object()
        case UInt8(ascii: "["): try array()
        case UInt8(ascii: "\""): .string(string())
        case UInt8(ascii: "t"): literal(4, .bool(true))
        case UInt8(ascii: "f"): literal(5, .bool(false))
        case UInt8(ascii: "n"): literal(4, .null)
        default: number()
        }
    }

    private mutating func object() throws(JSONScanError) -> JSONValue {
        at += 1
        var members: [String: JSONValue] = [:]
        while try JSONScanner.next(text, &at) != UInt8(ascii: "}") {
            if text[at] == UInt8(ascii: ",") {
                at += 1
                continue
            }
            let offset = at
            let name = string()
            _ = try JSONScanner.next(text, &at)
            at += 1
            guard members.updateValue(try value(), forKey: name) == nil else {
                throw JSONScanError(.duplicateKey, at: offset)
            }
        }
        at += 1
        return .object(members)
    }

    private mutating func array() throws(JSONScanError) -> JSONValue {
        at += 1
        var elements: [JSONValue] = []
        while try JSONScanner.next(text, &at) != UInt8(ascii: "]") {
            if text[at] == UInt8(ascii: ",") {
                at += 1
                continue
            }
            elements.append(try value())
        }
        at += 1
        return .array(elements)
    }

    private mutating func string() -> String {
        let start = at + 1
        at = start
        while text[at] != UInt8(ascii: "\"") { at += text[at] == UInt8(ascii: "\\") ? 2 : 1 }
        let content = UnsafeBufferPointer(rebasing: text[start..<at])
        at += 1
        return JSONStringReader.string(content)
    }

    private mutating func literal(_ length: Int, _ value: JSONValue) -> JSONValue {
        at += length
        return value
    }

    private mutating func number() -> JSONValue {
        let start = at
        var isInteger = true
        scan: while at < text.count {
            switch text[at] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"): at += 1
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                isInteger = false
                at += 1
            default: break scan
            }
        }
        guard isInteger else { return .number(Double(String(decoding: text[start..<at], as: UTF8.self)) ?? 0) }
        var value: Int64 = 0
        for byte in text[start..<at] where byte != UInt8(ascii: "-") {
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return .integer(text[start] == UInt8(ascii: "-") ? -value : value)
    }
}
