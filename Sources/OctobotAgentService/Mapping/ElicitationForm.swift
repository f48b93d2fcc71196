import AgentClientProtocol
import JSONText
import SandboxAgentAPI

/// The form of an elicitation, and the way back from its answers (acp.md §16).
struct ElicitationForm: Sendable {
    /// Why answers do not fit the form.
    struct Mismatch: Error, Equatable {
        var message: String
    }

    private enum Kind: Sendable {
        case choice(multiple: Bool)
        case boolean
        case integer
        case number
        case text
    }

    private struct Field: Sendable {
        var key: String
        var question: AgentQuestion
        var kind: Kind
        /// Label → value.
        var values: [String: String]
        /// The property that takes an answer which is no label.
        var companionKey: String?
    }

    private let fields: [Field]
    private let required: Set<String>

    var questions: [AgentQuestion] { fields.map(\.question) }

    init(_ form: Elicitation) {
        let keys = Set(form.properties.map(\.key))
        let shown = form.properties.filter { property in
            !keys.contains { property.key == $0 + "_custom" || property.key == $0 + "__other" }
        }
        let texts = PermissionForm.labels(
            shown.map { property in
                if shown.count == 1, !form.message.isEmpty { return form.message }
                return property.schema["description"]?.stringValue ?? property.schema["title"]?.stringValue
                    ?? form.message
            }
        )
        fields = zip(shown, texts).map { property, text in
            let companion = [property.key + "_custom", property.key + "__other"].first(where: keys.contains)
            return Self.field(property, text: text, companion: companion)
        }
        required = form.required
    }

    private static func field(_ property: Elicitation.Property, text: String, companion: String?) -> Field {
        let schema = property.schema
        let header = String((schema["title"]?.stringValue ?? property.key).prefix(12))
        let isList = schema["type"]?.stringValue == "array"
        let source = isList ? schema["items"] : schema
        var choices: [(value: String, option: AgentQuestion.Option)] = []
        for entry in (source?["oneOf"] ?? source?["anyOf"])?.arrayValue ?? [] {
            guard let value = entry["const"]?.stringValue else { continue }
            let label = entry["title"]?.stringValue ?? value
            choices.append((value, .init(label: label, description: entry["description"]?.stringValue ?? "")))
        }
        for entry in source?["enum"]?.arrayValue ?? [] {
            guard let value = entry.stringValue else { continue }
            choices.append((value, .init(label: value)))
        }
        var kind = Kind.text
        switch schema["type"]?.stringValue {
        case "boolean":
            kind = .boolean
            choices = [("true", .init(label: "Yes")), ("false", .init(label: "No"))]
        case "integer": kind = .integer
        case "number": kind = .number
        default: if isList || !choices.isEmpty { kind = .choice(multiple: isList) }
        }
        let labels = PermissionForm.labels(choices.map(\.option.label))
        let options = zip(labels, choices).map { AgentQuestion.Option(label: $0, description: $1.option.description) }
        return Field(
            key: property.key,
            question: AgentQuestion(question: text, header: header, options: options, multiSelect: isList),
            kind: kind,
            values: Dictionary(uniqueKeysWithValues: zip(labels, choices.map(\.value))),
            companionKey: companion
        )
    }

    /// The answer for the agent.
    ///
    /// No answers at all mean that the person declines.
    func outcome(_ answers: [String: String]) throws(Mismatch) -> ElicitationOutcome {
        guard !answers.isEmpty else { return .decline }
        var content: [String: JSONValue] = [:]
        for field in fields {
            guard let answer = answers[field.question.question], !answer.isEmpty else {
                guard !required.contains(field.key) else {
                    throw Mismatch(message: "An answer to '\(field.question.question)' is required")
                }
                continue
            }
            try Self.put(answer, field, into: &content)
        }
        return .accept(content)
    }

    private static func put(_ answer: String, _ field: Field, into content: inout [String: JSONValue]) throws(Mismatch)
    {
        switch field.kind {
        case .text:
            content[field.key] = .string(answer)
        case .integer:
            guard let number = Int64(answer) else { throw Mismatch(message: "'\(answer)' is not a whole number") }
            content[field.key] = .integer(number)
        case .number:
            guard let number = Double(answer), number.isFinite else {
                throw Mismatch(message: "'\(answer)' is not a number")
            }
            content[field.key] = .number(number)
        case .boolean:
            guard let value = field.values[answer] else { throw Mismatch(message: "Answer 'Yes' or 'No'") }
            content[field.key] = .bool(value == "true")
        case .choice(multiple: false):
            if let value = field.values[answer] {
                content[field.key] = .string(value)
            } else {
                content[field.companionKey ?? field.key] = .string(answer)
            }
        case .choice(multiple: true):
            let (chosen, rest) = split(answer, labels: field.values)
            if !chosen.isEmpty { content[field.key] = .array(chosen.map(JSONValue.string)) }
            guard !rest.isEmpty else { return }
            if let companion = field.companionKey {
                content[companion] = .string(rest.joined(separator: ", "))
            } else {
                content[field.key] = .array((chosen + rest).map(JSONValue.string))
            }
        }
    }

    /// Splits labels joined with `", "`; known labels first, because they may contain commas themselves.
    private static func split(_ answer: String, labels: [String: String]) -> (chosen: [String], rest: [String]) {
        var chosen: [String] = []
        var rest: [String] = []
        var text = Substring(answer)
        let known = labels.keys.sorted { $0.count > $1.count }
        while !text.isEmpty {
            if let label = known.first(where: { text == $0 || text.hasPrefix($0 + ", ") }), let value = labels[label] {
                chosen.append(value)
                text = text.dropFirst(label.count)
                if text.hasPrefix(", ") { text = text.dropFirst(2) }
            } else {
                let piece = text.firstRange(of: ", ").map { text[..<$0.lowerBound] } ?? text
                rest.append(String(piece))
                text = text.dropFirst(piece.count)
                if text.hasPrefix(", ") { text = text.dropFirst(2) }
            }
        }
        return (chosen, rest)
    }
}
