package import JSONText

extension JSONSchema {
    /// This schema as a JSON Schema 2020-12 document; components become references into `components/schemas`.
    package var document: JSONValue {
        var members = kind.keywords
        members["description"] = description.map { .string($0) }
        members["default"] = defaultValue
        return .object(members)
    }

    /// The components this schema names, those they name included.
    package var components: [any ComponentDescribing.Type] {
        var found: [String: any ComponentDescribing.Type] = [:]
        collect(into: &found)
        return found.sorted { $0.key < $1.key }.map(\.value)
    }

    private func collect(into found: inout [String: any ComponentDescribing.Type]) {
        switch kind {
        case .any, .boolean, .integer, .number, .string, .enumeration, .constant: return
        case .array(let inner, _), .map(let inner, _), .nullable(let inner): inner.collect(into: &found)
        case .object(let rules): for member in rules.members { member.schema.collect(into: &found) }
        case .extended(let base, let member):
            base.collect(into: &found)
            member.schema.collect(into: &found)
        case .oneOf(let schemas): for schema in schemas { schema.collect(into: &found) }
        case .tagged(_, let alternatives):
            for member in alternatives.flatMap(\.rules.members) { member.schema.collect(into: &found) }
        case .component(let component):
            guard found[component.schemaName] == nil else { return }
            found[component.schemaName] = component
            component.definition.collect(into: &found)
        }
    }
}

extension JSONSchema.Kind {
    fileprivate var keywords: [String: JSONValue] {
        switch self {
        case .any: return [:]
        case .boolean: return ["type": "boolean"]
        case .integer(let range):
            return ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .number: return ["type": "number"]
        case .string(let rules): return rules.keywords
        case .enumeration(let names): return ["type": "string", "enum": .array(names.map { .string($0) })]
        case .constant(let text): return ["type": "string", "const": .string(text)]
        case .array(let element, let count):
            var members: [String: JSONValue] = ["type": "array", "items": element.document]
            if count.lowerBound > 0 { members["minItems"] = .integer(Int64(count.lowerBound)) }
            if count.upperBound < .max { members["maxItems"] = .integer(Int64(count.upperBound)) }
            return members
        case .map(let value, let names):
            var members: [String: JSONValue] = ["type": "object", "additionalProperties": value.document]
            let rules = names.keywords
            if rules.count > 1 { members["propertyNames"] = .object(rules) }
            return members
        case .object(let rules): return rules.keywords()
        case .oneOf(let schemas): return ["oneOf": .array(schemas.map(\.document))]
        case .tagged(let tag, let alternatives):
            return ["oneOf": .array(alternatives.map { .object($0.rules.keywords(tag: tag, $0.tag)) })]
        case .nullable(let inner): return ["oneOf": [inner.document, ["type": "null"]]]
        case .extended(let base, let member):
            let rules = JSONSchema.ObjectRules(members: [member], openness: .growing, exactlyOne: [])
            return ["allOf": [base.document, .object(rules.keywords())]]
        case .component(let component): return ["$ref": .string("#/components/schemas/\(component.schemaName)")]
        }
    }
}

extension JSONSchema.StringRules {
    fileprivate var keywords: [String: JSONValue] {
        var members: [String: JSONValue] = ["type": "string"]
        if length.lowerBound > 0 { members["minLength"] = .integer(Int64(length.lowerBound)) }
        let upper = min(length.upperBound, maximumBytes ?? .max)
        if upper < .max { members["maxLength"] = .integer(Int64(upper)) }
        // JSON Schema counts characters only; no text of so many bytes has more.
        if let maximumBytes { members["$comment"] = .string("At most \(maximumBytes) bytes in UTF-8.") }
        members["pattern"] = pattern.map { .string($0.source) }
        members["format"] = format.map { .string($0.rawValue) }
        return members
    }
}

extension JSONSchema.ObjectRules {
    /// - Parameters: A discriminating member and its only value, for one shape of a tagged union.
    fileprivate func keywords(tag: String? = nil, _ tagValue: String = "") -> [String: JSONValue] {
        var properties = Dictionary(members.map { ($0.name, $0.schema.document) }) { $1 }
        var required = members.filter(\.isRequired).map(\.name)
        if let tag {
            properties[tag] = ["const": .string(tagValue)]
            required.insert(tag, at: 0)
        }
        var keywords: [String: JSONValue] = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { keywords["required"] = .array(required.map { .string($0) }) }
        if openness == .closed { keywords["additionalProperties"] = false }
        let choices = exactlyOne.map { names in
            JSONValue.object(["oneOf": .array(names.map { ["required": [.string($0)]] })])
        }
        if choices.count == 1 { keywords.merge(choices[0].objectValue ?? [:]) { $1 } }
        if choices.count > 1 { keywords["allOf"] = .array(choices) }
        return keywords
    }
}
