import Foundation
import JSONText
import OctobotModel

extension SchemaValidator {
    func missing(_ name: String, _ expected: String) -> Fault {
        broken("required", "is missing", at: name, expected: expected, got: "nothing")
    }

    func mistyped(_ value: JSONValue, _ expected: String) -> Fault {
        broken("type", "must be of type \(expected)", expected: expected, got: value.typeName)
    }

    func noneOf(_ names: [String], _ text: String) -> Fault {
        broken(
            "enum",
            "must be one of \(names.joined(separator: ", "))",
            expected: names.joined(separator: ", "),
            got: text.excerpt,
            hint: NearestNames(among: names).nearest(to: text).first.map { "Did you mean '\($0)'?" }
        )
    }

    func broken(
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
        case .map, .object, .tagged, .extended: "object"
        case .oneOf(let schemas): schemas.map(\.typeName).joined(separator: " or ")
        case .nullable(let inner): inner.typeName + " or null"
        case .component(let component): component.definition.typeName
        }
    }

    func accepts(typeOf value: JSONValue) -> Bool {
        switch (kind, value) {
        case (.any, _), (.boolean, .bool), (.number, .integer), (.number, .number), (.integer, .integer),
            (.string, .string), (.enumeration, .string), (.constant, .string), (.array, .array), (.map, .object),
            (.object, .object), (.tagged, .object), (.nullable, .null):
            true
        case (.integer, .number): value.integerValue != nil
        case (.extended(let base, _), _): base.accepts(typeOf: value)
        case (.oneOf(let schemas), _): schemas.contains { $0.accepts(typeOf: value) }
        case (.nullable(let inner), _): inner.accepts(typeOf: value)
        case (.component(let component), _): component.definition.accepts(typeOf: value)
        default: false
        }
    }
}

extension JSONSchema.Format {
    func matches(_ text: String) -> Bool {
        switch self {
        case .dateTime: Timestamp(text) != nil
        case .uri: URL(string: text)?.scheme != nil
        }
    }
}

extension JSONValue {
    var typeName: String {
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
    var excerpt: String { utf8.count <= 100 ? self : prefix(100) + "…" }
}

extension ClosedRange where Bound: FixedWidthInteger {
    var text: String {
        if lowerBound == upperBound { return "\(lowerBound)" }
        if upperBound == .max { return "at least \(lowerBound)" }
        return "\(lowerBound) to \(upperBound)"
    }
}
