import JSONText

/// JSON Schema for people, as far as the document uses it.
extension ReferencePage {
    /// A shared shape under its own heading.
    static func shape(_ name: String, _ schema: JSONValue) -> String {
        let text = schema["description"]?.stringValue.map { "<p>\(prose($0))</p>" } ?? ""
        return """
            <details id="\(anchor("shape", name))"><summary><code>\(StyledPage.escape(name))</code></summary>
            \(text)\(shape(of: schema))
            </details>
            """
    }

    /// A schema with its members.
    static func shape(of schema: JSONValue) -> String {
        let alternatives = ["oneOf", "anyOf", "allOf"].compactMap { schema[$0]?.arrayValue }.first
        if let alternatives, schema["properties"] == nil, alternatives.contains(where: { $0["properties"] != nil }) {
            let joint = schema["allOf"] == nil ? "One of:" : "All of:"
            return "<p>\(joint)</p><ul>\(alternatives.map { "<li>\(shape(of: $0))</li>" }.joined())</ul>"
        }
        guard let members = schema["properties"]?.objectValue, !members.isEmpty else {
            return "<p>\(type(of: schema))</p>"
        }
        let required = Set(schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        let rows = members.sorted { $0.key < $1.key }.map { name, member in
            """
            <dt><code>\(StyledPage.escape(name))</code> \
            <span class="quiet">\(required.contains(name) ? "" : "optional, ")\(type(of: member))</span></dt>
            <dd>\(prose(member["description"]?.stringValue ?? ""))</dd>
            """
        }
        return "<dl>\(rows.joined(separator: "\n"))</dl>"
    }

    /// What a value is, in a line.
    static func type(of schema: JSONValue) -> String {
        if let name = schema["$ref"]?.stringValue?.split(separator: "/").last { return link(to: String(name)) }
        if let value = schema["const"] { return "<code>\(StyledPage.escape(value.stringValue ?? ""))</code>" }
        if let values = schema["enum"]?.arrayValue {
            return values.compactMap(\.stringValue).map {
                "<code>\(StyledPage.escape($0.isEmpty ? "\"\"" : $0))</code>"
            }
            .joined(separator: ", ")
        }
        for (keyword, word) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " with ")] {
            guard let schemas = schema[keyword]?.arrayValue, schema["properties"] == nil else { continue }
            return schemas.map(type).joined(separator: word)
        }
        switch schema["type"]?.stringValue {
        case "array": return "array of \(type(of: schema["items"] ?? [:]))"
        case "object":
            if let members = schema["properties"]?.objectValue, !members.isEmpty {
                return "object with <code>\(StyledPage.escape(members.keys.sorted().joined(separator: ", ")))</code>"
            }
            return schema["additionalProperties"]?["type"] == nil
                ? "object" : "object of \(type(of: schema["additionalProperties"] ?? [:]))"
        case "string": return StyledPage.escape(schema["format"]?.stringValue ?? "string") + range(of: schema, "Length")
        case "integer": return "integer" + range(of: schema, "imum")
        case let name?: return StyledPage.escape(name)
        case nil: return "anything"
        }
    }

    static func link(to name: String) -> String {
        "<a href=\"#\(anchor("shape", name))\">\(StyledPage.escape(name))</a>"
    }

    /// Both ends where both are told: ` 1–500`.
    private static func range(of schema: JSONValue, _ suffix: String) -> String {
        guard let low = schema["min" + suffix]?.integerValue, let high = schema["max" + suffix]?.integerValue,
            high < 1 << 53 - 1
        else { return "" }
        return " \(low)–\(high)"
    }
}
