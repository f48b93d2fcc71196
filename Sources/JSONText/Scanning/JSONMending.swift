/// Rewrites what other programs put into JSON and ``JSONScanner`` refuses because no decoder could keep it.
///
/// Escaped halves of surrogate pairs (JavaScript cuts strings between them) become U+FFFD, as do bytes that are no UTF-8;
/// integers outside ±(2⁵³−1) become numbers with a fraction, which are read as doubles. Everything else is left as it
/// is, so the result has to be scanned like any text.
package enum JSONMending {
    package static func mend(_ text: some Collection<UInt8>) -> [UInt8] {
        let text = Array(String(decoding: text, as: UTF8.self).utf8)
        var result: [UInt8] = []
        result.reserveCapacity(text.count + 8)
        var at = 0
        var isInString = false
        while at < text.count {
            let start = at
            switch text[at] {
            case UInt8(ascii: "\""):
                isInString.toggle()
                at += 1
                result.append(text[start])
            case UInt8(ascii: "\\") where isInString:
                let isHigh = surrogate(text, at, 0xD800)
                if isHigh, surrogate(text, at + 6, 0xDC00) {
                    at += 12
                } else if isHigh || surrogate(text, at, 0xDC00) {
                    at += 6
                    result += Array("\\ufffd".utf8)
                    continue
                } else {
                    at = min(at + 2, text.count)
                }
                result += text[start..<at]
            case UInt8(ascii: "-"),
                UInt8(ascii: "0")...UInt8(ascii: "9") where !isInString:
                while at < text.count, isInNumber(text[at]) { at += 1 }
                result += text[start..<at]
                if isLargeInteger(text[start..<at]) { result += Array(".0".utf8) }
            default:
                at += 1
                result.append(text[start])
            }
        }
        return result
    }

    /// Whether at `at` stands the escape of a surrogate of the given half.
    private static func surrogate(_ text: [UInt8], _ at: Int, _ half: UInt16) -> Bool {
        guard at + 6 <= text.count, text[at] == UInt8(ascii: "\\"), text[at + 1] == UInt8(ascii: "u") else {
            return false
        }
        var unit: UInt16 = 0
        for index in at + 2..<at + 6 {
            guard let digit = JSONScanner.hexadecimalDigit(text[index]) else { return false }
            unit = unit << 4 | UInt16(digit)
        }
        return unit & 0xFC00 == half
    }

    private static func isInNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private static func isLargeInteger(_ number: ArraySlice<UInt8>) -> Bool {
        let digits = number.drop { $0 == UInt8(ascii: "-") }
        guard digits.count > 15, digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return false }
        return Int64(String(decoding: digits, as: UTF8.self)).map { $0 > JSONScanner.maximumInteger } ?? true
    }
}
