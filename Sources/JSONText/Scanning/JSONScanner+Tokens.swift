extension JSONScanner {
    @inline(__always)
    static func skipSpace(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) {
        while at < text.count {
            switch text[at] {
            case 0x20, 0x09, 0x0A, 0x0D: at += 1
            default: return
            }
        }
    }

    /// The next byte that is no white space; `at` stops on it.
    @inline(__always)
    static func next(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(JSONScanError) -> UInt8 {
        skipSpace(text, &at)
        guard at < text.count else { throw JSONScanError(.unexpectedEnd, at: at) }
        return text[at]
    }

    /// One of the three literal names (RFC 8259 §3).
    static func word(
        _ word: StaticString,
        _ text: UnsafeBufferPointer<UInt8>,
        _ at: inout Int
    ) throws(JSONScanError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard at < text.count else { throw JSONScanError(.unexpectedEnd, at: at) }
            guard text[at] == word.utf8Start[index] else { throw JSONScanError(.unexpectedByte(text[at]), at: at) }
            at += 1
        }
    }

    /// A number (RFC 8259 §6); `at` is on its first byte.
    static func number(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(JSONScanError) {
        let start = at
        if text[at] == UInt8(ascii: "-") { at += 1 }
        let digits = at
        var value: Int64 = 0
        var isLarge = false
        while at < text.count, text[at] &- UInt8(ascii: "0") < 10 {
            if !isLarge {
                value = value * 10 + Int64(text[at] &- UInt8(ascii: "0"))
                isLarge = value > maximumInteger
            }
            at += 1
        }
        guard at > digits else { throw malformed(text, at) }
        guard text[digits] != UInt8(ascii: "0") || at == digits + 1 else {
            throw JSONScanError(.invalidNumber, at: digits)
        }
        var isInteger = true
        if at < text.count, text[at] == UInt8(ascii: ".") {
            isInteger = false
            at += 1
            try someDigits(text, &at)
        }
        var hasExponent = false
        if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            hasExponent = true
            at += 1
            if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
            try someDigits(text, &at)
        }
        if isInteger {
            guard !isLarge else { throw JSONScanError(.integerOutOfRange, at: start) }
        } else if hasExponent || at - start > 300 {
            // Only these can leave the range of a double.
            let number = Double(String(decoding: text[start..<at], as: UTF8.self))
            guard number?.isFinite == true else { throw JSONScanError(.numberOutOfRange, at: start) }
        }
    }

    private static func someDigits(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(JSONScanError) {
        let start = at
        while at < text.count, text[at] &- UInt8(ascii: "0") < 10 { at += 1 }
        guard at > start else { throw malformed(text, at) }
    }

    private static func malformed(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> JSONScanError {
        JSONScanError(at < text.count ? .invalidNumber : .unexpectedEnd, at: at)
    }
}
