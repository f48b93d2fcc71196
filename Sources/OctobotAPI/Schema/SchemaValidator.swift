import Foundation
import JSONText
import OctobotModel

/// One walk over a value and its schema; the first broken rule ends it.
///
/// Recursion is bounded by the value's depth, which the scanner limits before.
struct SchemaValidator {
    let mode: JSONSchema.Mode
    private(set) var path: [String] = []

    init(mode: JSONSchema.Mode) { self.mode = mode }

    mutating func check(_ value: JSONValue, _ schema: JSONSchema) throws(Fault) {
        switch schema.kind {
        case .any: return
        case .boolean:
            guard case .bool = value else { throw mistyped(value, "boolean") }
        case .integer(let range): try check(value, range)
        case .number:
            switch value {
            case .integer, .number: return
            default: throw mistyped(value, "number")
            }
        case .string(let rules):
            guard case .string(let text) = value else { throw mistyped(value, "string") }
            try check(text, rules)
        case .enumeration(let names):
            guard case .string(let text) = value else { throw mistyped(value, "string") }
            guard names.contains(text) else { throw noneOf(names, text) }
        case .constant(let text):
            guard value == .string(text) else {
                throw broken("const", "must be '\(text)'", expected: text, got: value.typeName)
            }
        case .array(let element, let count):
            guard case .array(let elements) = value else { throw mistyped(value, "array") }
            try check(elements, element, count)
        case .map(let element, let names):
            guard case .object(let members) = value else { throw mistyped(value, "object") }
            try check(members, element, names)
        case .object(let rules):
            guard case .object(let members) = value else { throw mistyped(value, "object") }
            try check(members, rules)
        case .oneOf(let schemas):
            guard let match = schemas.first(where: { $0.accepts(typeOf: value) }) else {
                throw mistyped(value, schemas.map(\.typeName).joined(separator: " or "))
            }
            try check(value, match)
        case .tagged(let tag, let alternatives):
            guard case .object(let members) = value else { throw mistyped(value, "object") }
            try check(members, tag, alternatives)
        case .nullable(let inner):
            if !value.isNull { try check(value, inner) }
        case .component(let component): try check(value, component.definition)
        }
    }

    /// Runs `check` one step further down.
    private mutating func check(_ value: JSONValue, _ schema: JSONSchema, at step: String) throws(Fault) {
        path.append(step)
        try check(value, schema)
        path.removeLast()
    }
}

extension SchemaValidator {
    private func check(_ value: JSONValue, _ range: ClosedRange<Int64>) throws(Fault) {
        guard let number = value.integerValue else { throw mistyped(value, "integer") }
        if number < range.lowerBound {
            throw broken("minimum", "must be at least \(range.lowerBound)", expected: range.text, got: "\(number)")
        }
        if number > range.upperBound {
            throw broken("maximum", "must be at most \(range.upperBound)", expected: range.text, got: "\(number)")
        }
    }

    private func check(_ text: String, _ rules: JSONSchema.StringRules) throws(Fault) {
        if let limit = rules.maximumBytes, text.utf8.count > limit {
            throw broken(
                "maxLength",
                "must have at most \(limit) bytes",
                expected: "at most \(limit) bytes",
                got: "\(text.utf8.count) bytes"
            )
        }
        // Counting scalars costs a pass; the bytes bound them from above, and only a lower bound of 1 is common.
        if rules.length.lowerBound > 0 || text.utf8.count > rules.length.upperBound {
            let count = text.isEmpty ? 0 : text.unicodeScalars.count
            guard count >= rules.length.lowerBound else {
                throw broken(
                    "minLength",
                    rules.length.lowerBound == 1 ? "must not be empty" : "is too short",
                    expected: rules.length.text + " characters",
                    got: "\(count) characters"
                )
            }
            guard count <= rules.length.upperBound else {
                throw broken(
                    "maxLength",
                    "must have at most \(rules.length.upperBound) characters",
                    expected: rules.length.text + " characters",
                    got: "\(count) characters"
                )
            }
        }
        if let pattern = rules.pattern, !pattern.matches(text) {
            throw broken("pattern", "does not match \(pattern.source)", expected: pattern.source, got: text.excerpt)
        }
        if let format = rules.format, !format.matches(text) {
            throw broken("format", "is no \(format.rawValue)", expected: format.rawValue, got: text.excerpt)
        }
    }

    private mutating func check(
        _ elements: [JSONValue],
        _ schema: JSONSchema,
        _ count: ClosedRange<Int>
    ) throws(Fault) {
        guard elements.count >= count.lowerBound else {
            throw broken(
                "minItems",
                "needs at least \(count.lowerBound) elements",
                expected: count.text + " elements",
                got: "\(elements.count) elements"
            )
        }
        guard elements.count <= count.upperBound else {
            throw broken(
                "maxItems",
                "may have at most \(count.upperBound) elements",
                expected: count.text + " elements",
                got: "\(elements.count) elements"
            )
        }
        for (index, element) in elements.enumerated() { try check(element, schema, at: String(index)) }
    }

    private mutating func check(
        _ members: [String: JSONValue],
        _ schema: JSONSchema,
        _ names: JSONSchema.StringRules
    ) throws(Fault) {
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            path.append(name)
            do throws(Fault) {
                try check(name, names)
            } catch {
                var fault = error
                fault.message = "The name of the member \(fault.message)"
                fault.details["rule"] = "propertyNames"
                throw fault
            }
            try check(value, schema)
            path.removeLast()
        }
    }
}

extension SchemaValidator {
    /// Unknown members come first: a misspelt name explains a missing one.
    private mutating func check(
        _ members: [String: JSONValue],
        _ rules: JSONSchema.ObjectRules,
        tag: String? = nil
    ) throws(Fault) {
        for name in members.keys.sorted() where rules.member(name) == nil && name != tag {
            try admit(unknown: name, rules, tag)
        }
        for member in rules.members {
            if let value = members[member.name] {
                try check(value, member.schema, at: member.name)
            } else if member.isRequired {
                throw missing(member.name, member.schema.typeName)
            }
        }
        for names in rules.exactlyOne {
            let present = names.filter { members[$0] != nil }
            if present.isEmpty, let first = names.first { throw missing(first, names.joined(separator: " or ")) }
            if present.count > 1, let last = present.last {
                throw broken(
                    "oneOf",
                    "cannot be together with '\(present[0])'",
                    at: last,
                    expected: "exactly one of " + names.joined(separator: ", "),
                    got: present.joined(separator: " and ")
                )
            }
        }
    }

    private mutating func check(
        _ members: [String: JSONValue],
        _ tag: String,
        _ alternatives: [JSONSchema.Alternative]
    ) throws(Fault) {
        let tags = alternatives.map(\.tag)
        guard let value = members[tag] else { throw missing(tag, tags.joined(separator: ", ")) }
        path.append(tag)
        guard case .string(let text) = value else { throw mistyped(value, "string") }
        guard let alternative = alternatives.first(where: { $0.tag == text }) else { throw noneOf(tags, text) }
        path.removeLast()
        try check(members, alternative.rules, tag: tag)
    }

    private func admit(unknown name: String, _ rules: JSONSchema.ObjectRules, _ tag: String?) throws(Fault) {
        let isRefused =
            switch (mode, rules.openness) {
            case (.strict, .closed), (.exact, .closed), (.exact, .growing): true
            case (.strict, .growing), (.strict, .open), (.exact, .open), (.ignoringUnknown, _): false
            }
        let known = rules.members.map(\.name) + (tag.map { [$0] } ?? [])
        let nearest: String?
        if isRefused {
            nearest = NearestNames(among: known).nearest(to: name).first
        } else if rules.openness == .closed, let other = known.first(where: { $0.lowercased() == name.lowercased() }) {
            nearest = other
        } else {
            return
        }
        throw broken(
            "additionalProperties",
            "is not known here",
            at: name,
            expected: nearest ?? known.joined(separator: ", "),
            got: name.excerpt,
            hint: nearest.map { "Did you mean '\($0)'?" }
        )
    }
}

extension SchemaValidator {
    private func missing(_ name: String, _ expected: String) -> Fault {
        broken("required", "is missing", at: name, expected: expected, got: "nothing")
    }

    private func mistyped(_ value: JSONValue, _ expected: String) -> Fault {
        broken("type", "must be of type \(expected)", expected: expected, got: value.typeName)
    }

    private func noneOf(_ names: [String], _ text: String) -> Fault {
        broken(
            "enum",
            "must be one of \(names.joined(separator: ", "))",
            expected: names.joined(separator: ", "),
            got: text.excerpt,
            hint: NearestNames(among: names).nearest(to: text).first.map { "Did you mean '\($0)'?" }
        )
    }

    private func broken(
        _ rule: String,
        _ problem: String,
        at last: String? = nil,
        expected: String,
        got: String,
        hint: String? = nil
    ) -> Fault {
        let steps = last.map { path + [$0] } ?? path
        let pointer = steps.map { "/" + $0.excerpt.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
        let subject = pointer.isEmpty ? "The value" : "'\(pointer)'"
        return .invalidParams(
            "\(subject) \(problem).",
            pointer: pointer,
            rule: rule,
            expected: expected,
            got: got,
            hint: hint
        )
    }
}

extension JSONSchema {
    /// The JSON type it asks for, as people call it.
    var typeName: String {
        switch kind {
        case .any: "any value"
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string, .enumeration, .constant: "string"
        case .array: "array"
        case .map, .object, .tagged: "object"
        case .oneOf(let schemas): schemas.map(\.typeName).joined(separator: " or ")
        case .nullable(let inner): inner.typeName + " or null"
        case .component(let component): component.definition.typeName
        }
    }

    fileprivate func accepts(typeOf value: JSONValue) -> Bool {
        switch (kind, value) {
        case (.any, _), (.boolean, .bool), (.number, .integer), (.number, .number), (.integer, .integer),
            (.string, .string), (.enumeration, .string), (.constant, .string), (.array, .array), (.map, .object),
            (.object, .object), (.tagged, .object), (.nullable, .null):
            true
        case (.integer, .number): value.integerValue != nil
        case (.oneOf(let schemas), _): schemas.contains { $0.accepts(typeOf: value) }
        case (.nullable(let inner), _): inner.accepts(typeOf: value)
        case (.component(let component), _): component.definition.accepts(typeOf: value)
        default: false
        }
    }
}

extension JSONSchema.Format {
    fileprivate func matches(_ text: String) -> Bool {
        switch self {
        case .dateTime: Timestamp(text) != nil
        case .uri: URL(string: text)?.scheme != nil
        }
    }
}

extension JSONValue {
    fileprivate var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension String {
    /// Enough of a text from outside to recognise it.
    fileprivate var excerpt: String { utf8.count <= 100 ? self : prefix(100) + "…" }
}

extension ClosedRange where Bound: FixedWidthInteger {
    fileprivate var text: String {
        if lowerBound == upperBound { return "\(lowerBound)" }
        if upperBound == .max { return "at least \(lowerBound)" }
        return "\(lowerBound) to \(upperBound)"
    }
}
