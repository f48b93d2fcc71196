import OctobotModel

/// Answers given without asking, and answers people type.
enum ApprovalChoice {
    /// The answers that allow what is asked for; `nil` for a question, and where no option says that it allows.
    static func allowing(_ approval: Approval) -> [String: String]? {
        guard approval.kind == .permission else { return nil }
        var answers: [String: String] = [:]
        for question in approval.questions {
            let options = question.options
            let chosen =
                options.first { $0.description == "Allow this time" }
                ?? options.first { $0.description.hasPrefix("Allow") }
                ?? options.first { begins($0.label, with: ["allow", "yes", "approve", "accept", "ok", "proceed"]) }
            guard let chosen else { return nil }
            answers[question.question] = chosen.label
        }
        return answers.isEmpty ? nil : answers
    }

    /// The answers that refuse: no answer at all to a question.
    static func refusing(_ approval: Approval) -> [String: String] {
        guard approval.kind == .permission else { return [:] }
        var answers: [String: String] = [:]
        for question in approval.questions {
            let options = question.options
            let chosen =
                options.first { $0.description == "Refuse this time" }
                ?? options.first { $0.description.hasPrefix("Refuse") }
                ?? options.first { begins($0.label, with: ["reject", "no", "deny", "refuse", "cancel", "don't"]) }
            // Any text that is no option refuses a permission.
            answers[question.question] = chosen?.label ?? "No"
        }
        return answers
    }

    private static func begins(_ label: String, with words: [String]) -> Bool {
        let label = label.lowercased()
        return words.contains { label == $0 || label.hasPrefix($0 + " ") || label.hasPrefix($0 + ",") }
    }

    /// What a person's line means: the number or name of an option, several of them, or words of their own.
    ///
    /// - Returns: `nil` where that is no answer: nothing, or no option of a permission.
    static func answer(_ line: String, to question: Question, isPermission: Bool) -> String? {
        let text = String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        guard !text.isEmpty else { return nil }
        if let label = option(text, of: question) { return label }
        if question.multiSelect {
            let parts = text.split(separator: ",").map { part in
                option(part.trimmingPrefix(while: \.isWhitespace).description, of: question)
            }
            let labels = parts.compactMap { $0 }
            if !labels.isEmpty, labels.count == parts.count { return labels.joined(separator: ", ") }
        }
        guard isPermission, !question.options.isEmpty else { return text }
        return nil
    }

    private static func option(_ text: String, of question: Question) -> String? {
        if let exact = question.options.first(where: { $0.label == text }) { return exact.label }
        if let number = Int(text), question.options.indices.contains(number - 1) {
            return question.options[number - 1].label
        }
        return question.options.first { $0.label.lowercased() == text.lowercased() }?.label
    }
}
