/// No params, or nothing to say.
package struct Empty: Codable, Sendable, Equatable, SchemaDescribing {
    package init() {}
    package static let schema = JSONSchema.parameters()
}

/// A part of a list and, unless it was the last, the cursor that continues it.
package struct Page<Item: Codable & Sendable & ComponentDescribing>: Codable, Sendable, ComponentDescribing {
    package var items: [Item]
    /// Sent as `cursor` with the next call; absent on the last page.
    package var nextCursor: String?

    package init(items: [Item], nextCursor: String? = nil) {
        self.items = items
        self.nextCursor = nextCursor
    }

    package static var schemaName: String { Item.schemaName + "Page" }
    package static var definition: JSONSchema {
        .record(
            .required("items", .array(of: .reference(to: Item.self)), "The items of this page, in the list's order."),
            .optional("nextCursor", .cursor, "Continues the list; absent on the last page.")
        )
    }
}

extension Page: Equatable where Item: Equatable {}

/// The answer to every subscribe call; it precedes every notification of the subscription.
package struct Subscribed: Codable, Sendable, Equatable, ComponentDescribing {
    /// Names the subscription in its notifications and in `rpc.unsubscribe`.
    package var subscription: String
    /// Where reading starts.
    package var cursor: String
    /// The end of the log when the subscription began.
    package var head: String

    package init(subscription: String, cursor: String, head: String) {
        self.subscription = subscription
        self.cursor = cursor
        self.head = head
    }

    package static let schemaName = "Subscribed"
    package static let definition = JSONSchema.record(
        .required("subscription", .string(1...128), "Names the subscription in its notifications."),
        .required("cursor", .cursor, "Where reading starts."),
        .required("head", .cursor, "The end of the log when the subscription began.")
    )
    /// What the examples show.
    package static let example = Subscribed(subscription: "s1", cursor: "event.local:41", head: "event.local:41")
}

/// A member of an update that can be left out, cleared with `null`, or set.
package enum Patch<Value: Codable & Sendable & Equatable>: Sendable, Equatable {
    case absent
    case null
    case value(Value)
}

extension KeyedDecodingContainer {
    /// Lets synthesised decoders treat a missing member as ``Patch/absent``.
    func decode<Value>(_ type: Patch<Value>.Type, forKey key: Key) throws -> Patch<Value> {
        guard contains(key) else { return .absent }
        return try decodeNil(forKey: key) ? .null : .value(decode(Value.self, forKey: key))
    }
}

extension KeyedEncodingContainer {
    /// Lets synthesised encoders leave out ``Patch/absent``.
    mutating func encode<Value>(_ value: Patch<Value>, forKey key: Key) throws {
        switch value {
        case .absent: break
        case .null: try encodeNil(forKey: key)
        case .value(let value): try encode(value, forKey: key)
        }
    }
}

extension Patch: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = container.decodeNil() ? .null : .value(try container.decode(Value.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .absent, .null: try container.encodeNil()
        case .value(let value): try container.encode(value)
        }
    }
}
