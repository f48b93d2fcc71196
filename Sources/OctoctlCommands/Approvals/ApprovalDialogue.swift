import OctobotModel

/// What a client does about the approvals of a session: asks a person one question after the other, decides by itself,
/// or says how to answer elsewhere.
///
/// A value without I/O: events in, effects out.
struct ApprovalDialogue {
    enum Policy: Equatable, Sendable {
        /// Ask at the terminal.
        case ask
        /// Say what is asked and wait until somebody answers from elsewhere.
        case wait
        /// Allow every permission; questions are treated as by `ask` or `wait`.
        case approve(asking: Bool)
        /// Refuse every permission and decline every question.
        case deny
    }

    enum Event: Equatable, Sendable {
        case asked(Approval)
        /// Answered, by whomever, or expired.
        case settled(ApprovalID)
        /// The person typed a line.
        case line(String)
        /// The person will type no more.
        case endOfInput
    }

    enum Effect: Equatable, Sendable {
        case say(String, Style)
        /// An answer is expected on the same line.
        case prompt(String)
        case answer(ApprovalID, [String: String])
    }

    private struct Open {
        var approval: Approval
        var answers: [String: String] = [:]
        var index = 0
    }

    private let policy: Policy
    private var canAsk: Bool
    private var waiting: [Approval] = []
    private var open: Open?
    private var seen: Set<ApprovalID> = []

    init(_ policy: Policy) {
        self.policy = policy
        canAsk = policy == .ask || policy == .approve(asking: true)
    }

    mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .asked(let approval): return asked(approval)
        case .settled(let id): return settled(id)
        case .line(let line): return typed(line)
        case .endOfInput:
            canAsk = false
            let left = (open.map { [$0.approval] } ?? []) + waiting
            open = nil
            waiting = []
            return left.flatMap(Self.explain)
        }
    }

    private mutating func asked(_ approval: Approval) -> [Effect] {
        guard approval.state == .pending, seen.insert(approval.id).inserted else { return [] }
        if let answers = decision(approval) {
            let text = answers.values.sorted().joined(separator: "; ")
            let said = answers.isEmpty ? "declined" : TerminalText.line(text)
            return Self.question(approval) + [.say("  → \(said)", .dim), .answer(approval.id, answers)]
        }
        guard canAsk else { return Self.explain(approval) }
        waiting.append(approval)
        return open == nil ? next() : []
    }

    private func decision(_ approval: Approval) -> [String: String]? {
        switch policy {
        case .ask, .wait: nil
        case .approve: ApprovalChoice.allowing(approval)
        case .deny: ApprovalChoice.refusing(approval)
        }
    }

    private mutating func settled(_ id: ApprovalID) -> [Effect] {
        waiting.removeAll { $0.id == id }
        guard open?.approval.id == id else { return [] }
        open = nil
        return [.say("", .plain)] + next()
    }

    private mutating func next() -> [Effect] {
        guard !waiting.isEmpty else { return [] }
        open = Open(approval: waiting.removeFirst())
        return ask()
    }

    private func ask() -> [Effect] {
        guard let open, let question = current else { return [] }
        return Self.lines(question, of: open.approval) + [.prompt(Self.invitation(question, of: open.approval))]
    }

    private var current: Question? {
        guard let open, open.approval.questions.indices.contains(open.index) else { return nil }
        return open.approval.questions[open.index]
    }

    private mutating func typed(_ line: String) -> [Effect] {
        guard var now = open, let question = current else { return [] }
        let isPermission = now.approval.kind == .permission
        guard let answer = ApprovalChoice.answer(line, to: question, isPermission: isPermission) else {
            return [.prompt(Self.invitation(question, of: now.approval))]
        }
        now.answers[question.question] = answer
        now.index += 1
        open = now
        guard now.index >= now.approval.questions.count else { return ask() }
        open = nil
        return [.answer(now.approval.id, now.answers)] + next()
    }
}

// MARK: - Words

extension ApprovalDialogue {
    private static func question(_ approval: Approval) -> [Effect] {
        approval.questions.flatMap { question in
            ChatRenderer.lines(question.question).map { .say("? " + $0, .yellow) }
        }
    }

    private static func lines(_ question: Question, of approval: Approval) -> [Effect] {
        var effects: [Effect] = ChatRenderer.lines(question.question).map { .say("? " + $0, .yellow) }
        for (index, option) in question.options.enumerated() {
            let description = option.description.isEmpty ? "" : " — " + TerminalText.line(option.description)
            effects.append(.say("  \(index + 1)) \(TerminalText.line(option.label))\(description)", .plain))
        }
        return effects
    }

    private static func invitation(_ question: Question, of approval: Approval) -> String {
        switch (question.options.count, approval.kind, question.multiSelect) {
        case (0, _, _): "Your answer:"
        case (let count, .permission, _): "1 to \(count):"
        case (let count, .question, true): "1 to \(count), several with commas, or your own words:"
        case (let count, .question, false): "1 to \(count), or your own words:"
        }
    }

    /// What is asked, and how to answer it from elsewhere.
    private static func explain(_ approval: Approval) -> [Effect] {
        approval.questions.flatMap { lines($0, of: approval) } + [
            .say("  waits for an answer: octoctl approval answer \(approval.id) ANSWER", .plain)
        ]
    }
}
