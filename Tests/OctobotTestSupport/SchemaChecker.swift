package import JSONText

/// Checks values against a JSON Schema, as far as the schema of ACP uses it (draft 2020-12).
///
/// A member that a closed schema does not know counts as wrong only where the schema says so; `_meta` is free.
package struct SchemaChecker: Sendable {
    private let root: JSONValue

    /// - Parameter root: The schema, whose definitions are what values are held against.
    package init(root: JSONValue) { self.root = root }

    /// What is wrong with `value`; empty when it fits the definition.
    package func problems(of value: JSONValue, as definition: String) -> [String] {
        check(value, ["$ref": .string("#/$defs/\(definition)")], at: definition)
    }

    /// The definition of a method's params or result, as the schema's marks tell it.
    package func definition(of method: String, suffix: String) -> String? {
        let found = root["$defs"]?.objectValue?.filter { name, schema in
            schema["x-method"]?.stringValue == method && name.hasSuffix(suffix)
        }
        return found?.keys.sorted().first
    }

    private func check(_ value: JSONValue, _ schema: JSONValue, at path: String) -> [String] {
        var problems: [String] = []
        if let reference = schema["$ref"]?.stringValue {
            let name = String(reference.dropFirst("#/$defs/".count))
            guard let target = root["$defs"]?[name] else { return ["\(path): no definition \(name)"] }
            problems += check(value, target, at: path)
        }
        if let type = schema["type"], !Self.types(type).contains(where: { Self.value(value, is: $0) }) {
            problems.append("\(path): is no \(Self.types(type).joined(separator: " or "))")
        }
        if let constant = schema["const"], constant != value { problems.append("\(path): is not \(constant)") }
        if let values = schema["enum"]?.arrayValue, !values.contains(value) {
            problems.append("\(path): is not allowed")
        }
        for part in schema["allOf"]?.arrayValue ?? [] { problems += check(value, part, at: path) }
        if let excluded = schema["not"], check(value, excluded, at: path).isEmpty {
            problems.append("\(path): excluded")
        }
        for key in ["anyOf", "oneOf"] {
            guard let choices = schema[key]?.arrayValue else { continue }
            let results = choices.map { check(value, $0, at: path) }
            if !results.contains(where: \.isEmpty) {
                problems += ["\(path): fits none of \(choices.count)"] + (results.min { $0.count < $1.count } ?? [])
            }
        }
        return problems + members(of: value, schema, at: path)
    }

    private func members(of value: JSONValue, _ schema: JSONValue, at path: String) -> [String] {
        var problems: [String] = []
        if let object = value.objectValue {
            for name in schema["required"]?.arrayValue ?? [] where object[name.stringValue ?? ""] == nil {
                problems.append("\(path): lacks \(name)")
            }
            let properties = schema["properties"]?.objectValue ?? [:]
            for (name, member) in object {
                if let property = properties[name] {
                    problems += check(member, property, at: path + "." + name)
                } else if let others = schema["additionalProperties"], others.objectValue != nil {
                    problems += check(member, others, at: path + "." + name)
                } else if schema["additionalProperties"] == false {
                    problems.append("\(path): unknown member \(name)")
                }
            }
        }
        if let items = schema["items"], let array = value.arrayValue {
            for (index, item) in array.enumerated() { problems += check(item, items, at: "\(path)[\(index)]") }
        }
        return problems
    }

    private static func types(_ type: JSONValue) -> [String] {
        type.stringValue.map { [$0] } ?? (type.arrayValue ?? []).compactMap(\.stringValue)
    }

    private static func value(_ value: JSONValue, is type: String) -> Bool {
        switch type {
        case "object": value.objectValue != nil
        case "array": value.arrayValue != nil
        case "string": value.stringValue != nil
        case "boolean": value.boolValue != nil
        case "null": value == .null
        case "integer": value.integerValue != nil
        case "number": value.integerValue != nil || { if case .number = value { true } else { false } }()
        default: false
        }
    }
}
