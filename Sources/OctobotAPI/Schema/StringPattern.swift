/// A regular expression for the documents, with the test the validator runs in its place.
package struct StringPattern: Sendable {
    /// ECMA-262, anchored.
    package var source: String
    package var matches: @Sendable (String) -> Bool

    package init(_ source: String, matches: @escaping @Sendable (String) -> Bool) {
        self.source = source
        self.matches = matches
    }
}

extension StringPattern {
    /// What a client may choose as a session id.
    package static let sessionID = StringPattern("^[0-9A-Za-z][0-9A-Za-z-]{0,64}$") { text in
        guard let first = text.utf8.first, text.utf8.count <= 65 else { return false }
        return isLetterOrDigit(first) && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    /// What a client may choose as a terminal id.
    package static let terminalID = StringPattern("^[0-9A-Za-z-]{1,64}$") { text in
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
