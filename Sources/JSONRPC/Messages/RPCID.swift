import JSONText

/// What tells one call of a connection from another (JSON-RPC 2.0 §4): a string of at most 128 bytes, or an integer
/// within ±(2⁵³−1).
///
/// Two ids are equal when they mean the same, however they were written; answers echo them as they were written.
package struct RPCID: Sendable {
    package enum Value: Hashable, Sendable {
        case integer(Int64)
        case string(String)
    }

    /// The most bytes a string may have.
    package static let longest = 128

    package let value: Value
    /// The JSON text as it was written.
    package let text: [UInt8]

    package init(_ integer: Int64) {
        value = .integer(integer)
        text = Array(String(integer).utf8)
    }

    package init(_ string: String) {
        value = .string(string)
        text = JSONValue.string(string).serialized()
    }

    /// Reads the text of one JSON value; `nil` unless it is a valid id.
    package init?(text: some Collection<UInt8>) {
        let value: JSONValue
        do throws(JSONScanError) {
            value = try JSONValue(parsing: text)
        } catch {
            return nil
        }
        switch value {
        case .integer(let integer): self.value = .integer(integer)
        case .string(let string) where string.utf8.count <= Self.longest: self.value = .string(string)
        default: return nil
        }
        self.text = Array(text)
    }
}

extension RPCID: Hashable, CustomStringConvertible {
    package static func == (one: RPCID, other: RPCID) -> Bool { one.value == other.value }

    package func hash(into hasher: inout Hasher) { hasher.combine(value) }

    package var description: String { String(decoding: text, as: UTF8.self) }
}
