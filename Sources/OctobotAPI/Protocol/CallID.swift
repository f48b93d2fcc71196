/// The id of a call as its caller chose it (JSON-RPC 2.0 §4): a safe integer or a short string.
package enum CallID: Sendable, Hashable {
    case integer(Int64)
    case string(String)
}

extension CallID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .string(text)
        } else {
            self = .integer(try container.decode(Int64.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let number): try container.encode(number)
        case .string(let text): try container.encode(text)
        }
    }
}

extension CallID: SchemaDescribing {
    package static let schema = JSONSchema.oneOf(
        .integer(-JSONSchema.maximumInteger...JSONSchema.maximumInteger),
        .bytes(0...128)
    )
}
