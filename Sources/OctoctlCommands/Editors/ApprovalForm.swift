import AgentClientProtocol
import JSONText
import OctobotModel

/// How an editor asks what an agent asks, and what its answer means (acp.md §18.3).
struct ApprovalForm: Sendable {
    enum Plan: Sendable, Equatable {
        /// One permission request after another.
        case permissions([Question])
        /// One form with all questions.
        case form
        /// The editor cannot ask this.
        case unanswerable
    }

    let approval: Approval

    /// - Parameter offersForms: Whether the editor shows forms (acp.md §4).
    func plan(offersForms: Bool) -> Plan {
        let questions = approval.questions
        guard !questions.isEmpty else { return .unanswerable }
        let areChoices = questions.allSatisfy { !$0.options.isEmpty }
        let isSimple = questions.count == 1 && areChoices && !questions[0].multiSelect
        if isSimple || (areChoices && !offersForms) { return .permissions(questions) }
        return offersForms ? .form : .unanswerable
    }

    /// The options of a permission request; the place in the list is the id.
    func options(_ question: Question) -> [PermissionRequest.Option] {
        question.options.enumerated().map { index, option in
            PermissionRequest.Option(id: "\(index)", name: option.label, kind: kind(option))
        }
    }

    /// The label behind an option's id.
    static func label(_ id: String, of question: Question) -> String? {
        guard let index = Int(id), question.options.indices.contains(index) else { return nil }
        return question.options[index].label
    }

    private func kind(_ option: Question.Option) -> PermissionRequest.Option.Kind {
        switch option.description {
        case "Allow this time": return .allowOnce
        case "Allow and remember": return .allowAlways
        case "Refuse this time": return .rejectOnce
        case "Refuse and remember": return .rejectAlways
        default: break
        }
        let words = option.label.lowercased().split { !$0.isLetter && $0 != "'" }.map(String.init)
        let refuses = ["reject", "no", "deny", "refuse", "cancel", "don't"].contains(words.first ?? "")
        guard !refuses else { return words.contains("always") ? .rejectAlways : .rejectOnce }
        let isRemembered = approval.kind == .permission && words.contains { ["always", "remember"].contains($0) }
        return isRemembered ? .allowAlways : .allowOnce
    }
}

// MARK: - Forms

extension ApprovalForm {
    private static func key(_ index: Int) -> String { "question_\(index)" }
    private static func otherKey(_ index: Int) -> String { "question_\(index)_other" }

    /// The text above the form.
    var message: String {
        approval.questions.count == 1 ? approval.questions[0].question : "The agent has some questions."
    }

    /// One property a question, and one for words of one's own where a question offers choices.
    var properties: [Elicitation.Property] {
        approval.questions.enumerated().flatMap { index, question -> [Elicitation.Property] in
            var members: [String: JSONValue] = ["description": .string(question.question)]
            if !question.header.isEmpty { members["title"] = .string(question.header) }
            let choices = question.options.map { option -> JSONValue in
                ["const": .string(option.label), "title": .string(option.label)]
            }
            if question.multiSelect, !choices.isEmpty {
                members["type"] = "array"
                members["items"] = ["anyOf": .array(choices)]
            } else {
                members["type"] = "string"
                if !choices.isEmpty { members["oneOf"] = .array(choices) }
            }
            let property = Elicitation.Property(key: Self.key(index), schema: .object(members))
            guard !choices.isEmpty, approval.kind == .question else { return [property] }
            let other: JSONValue = ["type": "string", "title": "Other", "description": "Your own words instead."]
            return [property, Elicitation.Property(key: Self.otherKey(index), schema: other)]
        }
    }

    /// What must be filled in: questions without choices.
    var required: Set<String> {
        Set(approval.questions.indices.filter { approval.questions[$0].options.isEmpty }.map(Self.key))
    }

    /// The answers to store; `nil` when the form was put away, which leaves the question to others.
    func answers(_ outcome: ElicitationOutcome) -> [String: String]? {
        switch outcome {
        case .cancel: return nil
        case .decline: return ApprovalChoice.refusing(approval)
        case .accept(let content):
            var answers: [String: String] = [:]
            for (index, question) in approval.questions.enumerated() {
                let other = content[Self.otherKey(index)]?.stringValue ?? ""
                let value = content[Self.key(index)]
                let chosen = value?.stringValue ?? value?.arrayValue?.compactMap(\.stringValue).joined(separator: ", ")
                let answer = other.isEmpty ? chosen ?? "" : other
                if !answer.isEmpty { answers[question.question] = answer }
            }
            return answers
        }
    }
}
