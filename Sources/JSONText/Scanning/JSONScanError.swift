/// Why bytes are no JSON text we accept, and where.
package struct JSONScanError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A byte that the grammar does not allow here (RFC 8259 §2).
        case unexpectedByte(UInt8)
        case unexpectedEnd
        /// More follows the value.
        case trailingBytes
        /// A number that RFC 8259 §6 does not allow, such as `01` or `1.`.
        case invalidNumber
        /// An integer outside ±(2⁵³−1); larger quantities travel as strings.
        case integerOutOfRange
        /// A number that no double can hold.
        case numberOutOfRange
        /// A control character inside a string that is not escaped.
        case controlCharacter
        case invalidEscape
        /// Half of a surrogate pair, written as an escape.
        case loneSurrogate
        case invalidUTF8
        /// The second member of an object with the same name.
        case duplicateKey
        /// More than ``JSONScanner/maximumDepth`` arrays and objects inside each other.
        case tooDeep
    }

    package var kind: Kind
    /// The index of the offending byte, from 0.
    package var offset: Int

    package init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}

extension JSONScanError: CustomStringConvertible {
    package var description: String { "\(reason) at byte \(offset)" }

    /// What is wrong, without the place.
    package var reason: String {
        switch kind {
        case .unexpectedByte(let byte) where (0x21...0x7E).contains(byte):
            "unexpected character \u{201C}\(Character(Unicode.Scalar(byte)))\u{201D}"
        case .unexpectedByte(let byte): "unexpected byte \(byte)"
        case .unexpectedEnd: "unexpected end"
        case .trailingBytes: "something follows the value"
        case .invalidNumber: "malformed number"
        case .integerOutOfRange: "integer outside ±(2^53-1)"
        case .numberOutOfRange: "number too large"
        case .controlCharacter: "control character in a string"
        case .invalidEscape: "malformed escape"
        case .loneSurrogate: "lone surrogate"
        case .invalidUTF8: "malformed UTF-8"
        case .duplicateKey: "duplicate member name"
        case .tooDeep: "more than \(JSONScanner.maximumDepth) levels"
        }
    }
}
