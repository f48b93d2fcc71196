/// Where in a log a subscription starts (rpc.md §5).
package enum StartPosition: Sendable, Equatable {
    /// After everything that is there.
    case now
    /// At the oldest entry kept.
    case start
    /// After the entry with this cursor.
    case cursor(String)
    /// With the state instead of the history, where the stream has one.
    case snapshot
}

extension StartPosition: Codable {
    private enum CodingKeys: String, CodingKey {
        case type, cursor
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(String.self, forKey: .type) {
        case "now": self = .now
        case "start": self = .start
        case "snapshot": self = .snapshot
        case "cursor": self = .cursor(try container.decode(String.self, forKey: .cursor))
        default:
            throw DecodingError.dataCorruptedError(forKey: .type, in: container, debugDescription: "no such position")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .now: try container.encode("now", forKey: .type)
        case .start: try container.encode("start", forKey: .type)
        case .snapshot: try container.encode("snapshot", forKey: .type)
        case .cursor(let cursor):
            try container.encode("cursor", forKey: .type)
            try container.encode(cursor, forKey: .cursor)
        }
    }
}

extension StartPosition: ComponentDescribing {
    package static let schemaName = "StartPosition"
    package static let definition = JSONSchema.tagged(
        by: "type",
        .parameters("now"),
        .parameters("start"),
        .parameters("cursor", .required("cursor", .cursor, "The last cursor seen; reading goes on after it.")),
        .parameters("snapshot"),
        description:
            "Where reading starts: after what is there, at the oldest entry, after a cursor, or with a snapshot."
    )

    /// The positions of a stream that has no snapshot.
    package static let withoutSnapshot = JSONSchema.tagged(
        by: "type",
        .parameters("now"),
        .parameters("start"),
        .parameters("cursor", .required("cursor", .cursor, "The last cursor seen; reading goes on after it.")),
        description: "Where reading starts: after what is there, at the oldest entry, or after a cursor."
    )
}
