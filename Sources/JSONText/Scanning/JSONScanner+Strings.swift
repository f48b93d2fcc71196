extension JSONScanner {
    /// A string (RFC 8259 §7); `at` is on its opening quote and ends after the closing one.
    ///
    /// - Returns: whether it contains escapes.
    static func string(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(JSONScanError) -> Bool {
        at += 1
        var isEscaped = false
        while true {
            skipPlain(text, &at)
            guard at < text.count else { throw JSONScanError(.unexpectedEnd, at: at) }
            let byte = text[at]
            if byte == UInt8(ascii: "\"") {
                at += 1
                return isEscaped
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try escape(text, &at)
            } else if byte < 0x20 {
                throw JSONScanError(.controlCharacter, at: at)
            } else if byte >= 0x80 {
                try multibyte(text, &at)
            } else {
                at += 1
            }
        }
    }

    /// Passes over printable ASCII but quote and backslash, eight bytes at a time where there are so many.
    @inline(__always)
    private static func skipPlain(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let raw = UnsafeRawBufferPointer(text)
        while at + 8 <= text.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            // A byte's high bit is set in `below` when the byte is under 0x20, in the others when it equals the mark:
            // exact for the lowest hit, and only that one is used.
            let below = (word &- ones &* 0x20) & ~word
            let quote = word ^ (ones &* 0x22)
            let slash = word ^ (ones &* 0x5C)
            let hits = (below | (quote &- ones) & ~quote | (slash &- ones) & ~slash | word) & highs
            guard hits == 0 else {
                at += hits.trailingZeroBitCount / 8
                return
            }
            at += 8
        }
    }

    private static func escape(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(JSONScanError) {
        let start = at
        at += 1
        guard at < text.count else { throw JSONScanError(.unexpectedEnd, at: at) }
        switch text[at] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 1
        case UInt8(ascii: "u"):
            at += 1
            let unit = try hexadecimal(text, &at)
            guard unit & 0xF800 == 0xD800 else { return }
            guard unit < 0xDC00, at + 1 < text.count, text[at] == UInt8(ascii: "\\"), text[at + 1] == UInt8(ascii: "u")
            else { throw JSONScanError(.loneSurrogate, at: start) }
            at += 2
            guard try hexadecimal(text, &at) & 0xFC00 == 0xDC00 else { throw JSONScanError(.loneSurrogate, at: start) }
        default:
            throw JSONScanError(.invalidEscape, at: start)
        }
    }

    private static func hexadecimal(
        _ text: UnsafeBufferPointer<UInt8>,
        _ at: inout Int
    ) throws(JSONScanError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard at < text.count else { throw JSONScanError(.unexpectedEnd, at: at) }
            guard let digit = hexadecimalDigit(text[at]) else { throw JSONScanError(.invalidEscape, at: at) }
            unit = unit << 4 | UInt16(digit)
            at += 1
        }
        return unit
    }

    static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// One character of two to four bytes (RFC 3629 §4): shortest form, no surrogates, nothing beyond U+10FFFF.
    private static func multibyte(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(JSONScanError) {
        let lead = text[at]
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw JSONScanError(.invalidUTF8, at: at)
        }
        guard at + length <= text.count, second.contains(text[at + 1]) else {
            throw JSONScanError(.invalidUTF8, at: at)
        }
        for index in 2..<max(length, 2) where text[at + index] & 0xC0 != 0x80 {
            throw JSONScanError(.invalidUTF8, at: at)
        }
        at += length
    }
}
