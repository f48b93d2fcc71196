package import JSONText

/// A JSON Schema (2020-12) as far as this API needs it: written once, read by the validator and by the documents.
package struct JSONSchema: Sendable {
    /// What a value must be.
    package indirect enum Kind: Sendable {
        case any
        case boolean
        case integer(ClosedRange<Int64>)
        case number
        case string(StringRules)
        case enumeration([String])
        case constant(String)
        case array(JSONSchema, count: ClosedRange<Int>)
        /// An object with free member names, all values alike.
        case map(JSONSchema, names: StringRules)
        case object(ObjectRules)
        /// Exactly one of these, told apart by JSON type.
        case oneOf([JSONSchema])
        /// An object whose member `by` says which of these it is.
        case tagged(by: String, [Alternative])
        case nullable(JSONSchema)
        /// An object with one member more.
        case extended(JSONSchema, by: Member)
        case component(any ComponentDescribing.Type)
    }

    /// One shape of a tagged union.
    package struct Alternative: Sendable {
        package var tag: String
        /// The object without the tag member, which is required in addition.
        package var rules: ObjectRules
    }

    package var kind: Kind
    package var description: String?
    /// The value that stands when the member is absent.
    package var defaultValue: JSONValue?

    package init(_ kind: Kind, description: String? = nil, defaultValue: JSONValue? = nil) {
        self.kind = kind
        self.description = description
        self.defaultValue = defaultValue
    }
}

/// A type that says what its JSON looks like.
package protocol SchemaDescribing {
    /// The schema; a reference for types that have a name in the documents.
    static var schema: JSONSchema { get }
}

/// A type with a definition of its own under `components/schemas`.
package protocol ComponentDescribing: SchemaDescribing, Sendable {
    static var schemaName: String { get }
    static var definition: JSONSchema { get }
}

extension ComponentDescribing {
    package static var schema: JSONSchema { JSONSchema(.component(Self.self)) }
}

extension JSONSchema {
    /// What a string must be besides a string.
    package struct StringRules: Sendable {
        /// Counted in Unicode scalars, as JSON Schema does.
        package var length: ClosedRange<Int>
        /// Counted in UTF-8, where a limit is one of storage.
        package var maximumBytes: Int?
        package var pattern: StringPattern?
        package var format: Format?

        package init(
            length: ClosedRange<Int> = 0...Int.max,
            maximumBytes: Int? = nil,
            pattern: StringPattern? = nil,
            format: Format? = nil
        ) {
            self.length = length
            self.maximumBytes = maximumBytes
            self.pattern = pattern
            self.format = format
        }
    }

    /// A named string format of JSON Schema.
    package enum Format: String, Sendable {
        case dateTime = "date-time"
        case uri
    }

    /// The members of an object.
    package struct ObjectRules: Sendable {
        /// What members outside the declared ones mean.
        package enum Openness: Sendable {
            /// Parameters: unknown members are mistakes.
            case closed
            /// Results: a later version may add members.
            case growing
            /// Content that belongs to somebody else.
            case open
        }

        package var members: [Member]
        package var openness: Openness
        /// Sets of members of which exactly one must be present.
        package var exactlyOne: [[String]]

        package func member(_ name: String) -> Member? { members.first { $0.name == name } }
    }

    /// A declared member of an object.
    package struct Member: Sendable {
        package var name: String
        package var schema: JSONSchema
        package var isRequired: Bool

        package static func required(_ name: String, _ schema: JSONSchema, _ description: String) -> Member {
            Member(name: name, schema: schema.described(description), isRequired: true)
        }

        package static func optional(_ name: String, _ schema: JSONSchema, _ description: String) -> Member {
            Member(name: name, schema: schema.described(description), isRequired: false)
        }
    }

    /// The same schema with a description, unless it has one.
    package func described(_ text: String) -> JSONSchema {
        var copy = self
        copy.description = description ?? text
        return copy
    }

    /// The same schema, documenting what stands when the member is absent.
    package func defaulting(to value: JSONValue) -> JSONSchema {
        var copy = self
        copy.defaultValue = value
        return copy
    }
}
