import NIOCore

/// The header block before a message: `Content-Length`, other fields, an empty line (LSP 3.17, base protocol).
struct HeaderBlock: Sendable {
    enum Step {
        case more
        case body(Int)
        case refused(String)
    }

    static let longestLine = 4096
    private static let mostLines = 16

    private var length: Int?
    private var lines = 0

    /// Takes one line, which may end in a carriage return.
    mutating func take(_ line: ByteBufferView) -> Step {
        let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        if line.isEmpty {
            // Empty lines before the block are passed over like white space elsewhere.
            if lines == 0 { return .more }
            return length.map { .body($0) } ?? .refused("the header has no Content-Length")
        }
        lines += 1
        guard lines <= Self.mostLines else { return .refused("the header has more than \(Self.mostLines) lines") }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(Self.isNameByte)
        else { return .refused("a header line is \u{201C}Name: value\u{201D}") }
        let name = String(decoding: line[..<colon], as: UTF8.self)
        guard name.lowercased() == "content-length" else { return .more }
        let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
            .drop { $0 == " " || $0 == "\t" }
        let digits = value.prefix { $0.isASCII && $0.isNumber }
        let rest = value[digits.endIndex...]
        guard let count = Int(digits), rest.allSatisfy({ $0 == " " || $0 == "\t" }), length == nil else {
            return .refused("Content-Length is one decimal number")
        }
        length = count
        return .more
    }

    /// RFC 9110 §5.1 field names, as far as anybody uses them.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
