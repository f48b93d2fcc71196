import JSONText
import OctobotModel

/// One walk over a value and its schema; the first broken rule ends it.
///
/// Recursion is bounded by the value's depth, which the scanner limits before.
struct SchemaValidator {
    let mode: JSONSchema.Mode
    var path: [String] = []

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
        case .extended(let base, let member):
            guard case .object(var members) = value else { throw mistyped(value, "object") }
            if let more = members.removeValue(forKey: member.name) {
                try check(more, member.schema, at: member.name)
            } else if member.isRequired {
                throw missing(member.name, member.schema.typeName)
            }
            try check(.object(members), base)
        case .component(let component): try check(value, component.definition)
        }
    }

    /// Runs `check` one step further down.
    mutating func check(_ value: JSONValue, _ schema: JSONSchema, at step: String) throws(Fault) {
        path.append(step)
        try check(value, schema)
        path.removeLast()
    }
}

extension SchemaValidator {
    func check(_ value: JSONValue, _ range: ClosedRange<Int64>) throws(Fault) {
        guard let number = value.integerValue else { throw mistyped(value, "integer") }
        if number < range.lowerBound {
            throw broken("minimum", "must be at least \(range.lowerBound)", expected: range.text, got: "\(number)")
        }
        if number > range.upperBound {
            throw broken("maximum", "must be at most \(range.upperBound)", expected: range.text, got: "\(number)")
        }
    }

    func check(_ text: String, _ rules: JSONSchema.StringRules) throws(Fault) {
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

    mutating func check(
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

    mutating func check(
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
