/// Reads the inside of strings that ``JSONScanner`` has accepted.
enum JSONStringReader {
    /// The string whose bytes between the quotes are `content`.
    static func string(_ content: UnsafeBufferPointer<UInt8>) -> String {
        guard content.contains(UInt8(ascii: "\\")) else { return String(decoding: content, as: UTF8.self) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.count)
        resolve(content, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends `content` with its escapes replaced by what they mean (RFC 8259 §7).
    static func resolve(_ content: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) {
        var at = 0
        while at < content.count {
            guard content[at] == UInt8(ascii: "\\"), at + 1 < content.count else {
                bytes.append(content[at])
                at += 1
                continue
            }
            let mark = content[at + 1]
            at += 2
            switch mark {
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = unit(content, &at)
                if scalar & 0xFC00 == 0xD800 {
                    at += 2  // the second half follows as an escape: the scanner saw to that
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + unit(content, &at) & 0x3FF
                }
                bytes.append(contentsOf: UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}").map(Array.init) ?? [])
            default: bytes.append(mark)
            }
        }
    }

    private static func unit(_ content: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> UInt32 {
        var unit: UInt32 = 0
        for index in at..<min(at + 4, content.count) {
            unit = unit << 4 | UInt32(JSONScanner.hexadecimalDigit(content[index]) ?? 0)
        }
        at += 4
        return unit
    }
}
