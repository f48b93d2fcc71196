import JSONText

extension JSONSchema {
    /// Any JSON value.
    package static let any = JSONSchema(.any)
    package static let boolean = JSONSchema(.boolean)
    package static let number = JSONSchema(.number)
    /// A string without further rules.
    package static let string = JSONSchema(.string(StringRules()))
    /// An RFC 3339 time; ours are UTC with milliseconds and `Z`.
    package static let timestamp = JSONSchema(.string(StringRules(format: .dateTime)))
    /// The id of something that exists.
    package static let identifier = string(1...128)
    /// A session id that a client may choose.
    package static let newSessionID = JSONSchema(.string(StringRules(length: 1...65, pattern: .sessionID)))
    /// A name for people.
    package static let title = string(1...1000)
    /// A path of the host's file system, or a git URL.
    package static let path = string(1...4096)
    /// An opaque position in a list or a log.
    package static let cursor = string(1...512)
    /// How many items a page may have.
    package static let pageSize = integer(1...500).defaulting(to: 100)
    /// A number of things or bytes.
    package static let count = integer(0...maximumInteger)

    /// The largest integer every JSON reader keeps exact (RFC 8259 §6).
    package static let maximumInteger: Int64 = 9_007_199_254_740_991

    package static func string(_ length: ClosedRange<Int>) -> JSONSchema {
        JSONSchema(.string(StringRules(length: length)))
    }

    package static func integer(_ range: ClosedRange<Int64>) -> JSONSchema { JSONSchema(.integer(range)) }

    /// A string of `1...limit` bytes.
    package static func bytes(_ range: ClosedRange<Int>) -> JSONSchema {
        JSONSchema(.string(StringRules(length: min(range.lowerBound, 1)...Int.max, maximumBytes: range.upperBound)))
    }

    /// One of the raw values of `type`.
    package static func enumeration<Value>(of type: Value.Type) -> JSONSchema
    where Value: CaseIterable & RawRepresentable<String> {
        JSONSchema(.enumeration(type.allCases.map(\.rawValue)))
    }

    package static func array(of element: JSONSchema, count: ClosedRange<Int> = 0...Int.max) -> JSONSchema {
        JSONSchema(.array(element, count: count))
    }

    package static func map(to value: JSONSchema, names: StringRules = StringRules()) -> JSONSchema {
        JSONSchema(.map(value, names: names))
    }

    package static func nullable(_ schema: JSONSchema) -> JSONSchema { JSONSchema(.nullable(schema)) }

    package static func oneOf(_ schemas: JSONSchema...) -> JSONSchema { JSONSchema(.oneOf(schemas)) }

    package static func reference<Component: ComponentDescribing>(to type: Component.Type) -> JSONSchema {
        JSONSchema(.component(type))
    }

    /// An object of parameters: unknown members are refused or ignored, never kept.
    package static func parameters(_ members: Member..., exactlyOne: [[String]] = []) -> JSONSchema {
        JSONSchema(.object(ObjectRules(members: members, openness: .closed, exactlyOne: exactlyOne)))
    }

    /// An object of results, which later versions may extend.
    package static func record(_ members: Member..., description: String? = nil) -> JSONSchema {
        JSONSchema(.object(ObjectRules(members: members, openness: .growing, exactlyOne: [])), description: description)
    }

    /// An object of which only these members are ours.
    package static func open(_ members: Member..., description: String? = nil) -> JSONSchema {
        JSONSchema(.object(ObjectRules(members: members, openness: .open, exactlyOne: [])), description: description)
    }

    /// An object whose member `by` tells its shape.
    package static func tagged(by tag: String, _ alternatives: Alternative..., description: String? = nil) -> JSONSchema
    {
        JSONSchema(.tagged(by: tag, alternatives), description: description)
    }
}

extension JSONSchema.Alternative {
    /// A shape of results.
    package static func record(_ tag: String, _ members: JSONSchema.Member...) -> Self {
        Self(tag: tag, rules: JSONSchema.ObjectRules(members: members, openness: .growing, exactlyOne: []))
    }

    /// A shape of parameters.
    package static func parameters(_ tag: String, _ members: JSONSchema.Member...) -> Self {
        Self(tag: tag, rules: JSONSchema.ObjectRules(members: members, openness: .closed, exactlyOne: []))
    }
}
