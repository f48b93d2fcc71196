import OctobotModel

/// The path and query of a request, percent-decoded once (RFC 3986 §2.4).
struct RequestTarget: Sendable {
    /// The decoded segments of the path; a trailing slash leaves an empty last one.
    let segments: [String]
    /// The decoded query in its order.
    let query: [(name: String, value: String)]

    /// - Throws: `InvalidParams` for anything but an absolute path with well-formed escapes.
    init(_ text: String) throws(Fault) {
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw .invalidParams("The request target must be an absolute path.", pointer: "", rule: "path")
        }
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var segments: [String] = []
        for segment in parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            segments.append(try Self.decode(segment))
        }
        self.segments = segments
        var query: [(name: String, value: String)] = []
        if parts.count > 1 {
            for pair in parts[1].split(separator: "&") {
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let value = sides.count > 1 ? try Self.decode(sides[1], plusIsSpace: true) : ""
                query.append((try Self.decode(sides[0], plusIsSpace: true), value))
            }
        }
        self.query = query
    }

    /// The value of a query parameter given once.
    ///
    /// - Throws: `InvalidParams` when it is given more than once.
    func value(of name: String) throws(Fault) -> String? {
        let values = query.filter { $0.name == name }
        guard values.count < 2 else {
            throw .invalidParams("The query parameter '\(name)' is given twice.", pointer: "/\(name)", rule: "unique")
        }
        return values.first?.value
    }

    /// The same target with another `cursor`, as a relative reference that has the query only (RFC 3986 §4.2).
    func continued(at cursor: String) -> String {
        let kept = query.filter { $0.name != "cursor" } + [("cursor", cursor)]
        return "?" + kept.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&")
    }

    /// Escapes all but the unreserved characters (RFC 3986 §2.3).
    private static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { encoded, byte in
            if byte.isTokenByte || byte == UInt8(ascii: "~") {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }

    private static func decode(_ text: Substring, plusIsSpace: Bool = false) throws(Fault) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal)
                else { throw malformed(text) }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else { throw malformed(text) }
        return decoded
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func malformed(_ text: Substring) -> Fault {
        .invalidParams(
            "'\(text.prefix(200))' in the request target is not well-formed percent-encoded UTF-8.",
            pointer: "",
            rule: "percentEncoding"
        )
    }
}
