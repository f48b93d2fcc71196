import Foundation

/// The JSON coders every part of Octobot uses: compact, keys sorted, slashes left alone.
package enum JSONCoding {
    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
    private static let decoder = JSONDecoder()

    /// The compact JSON text of `value`, UTF-8, without a final newline.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        Array(try encoder.encode(value))
    }

    /// Decodes text that ``JSONScanner`` has accepted or that we wrote ourselves.
    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: some Sequence<UInt8>) throws -> Value {
        try decoder.decode(type, from: Data(bytes))
    }
}
