import JSONText
package import OctobotAPI
package import OctobotModel
import OctobotStore

/// What agents ask of people (`approval.*`; decision 39).
package struct ApprovalService: Sendable {
    private let ledger: Ledger

    package init(ledger: Ledger) { self.ledger = ledger }

    /// `approval.list`.
    package func list(_ params: ListApprovals.Params, _ call: Call) async throws(Fault) -> Page<Approval> {
        let project = params.projectID ?? .local
        let request = PageRequest(limit: params.limit, cursor: params.cursor)
        return try await ledger.read {
            Page(try $0.approvals(in: project, session: params.sessionID, state: params.state, page: request))
        }
    }

    /// `approval.get`.
    package func get(_ params: GetApproval.Params, _ call: Call) async throws(Fault) -> Approval {
        let project = params.projectID ?? .local
        guard let approval = try await ledger.read({ try $0.approval(params.approvalID, in: project) }) else {
            throw .notFound("approval", params.approvalID)
        }
        return approval
    }

    /// The approval a question of the REST contract names, or the session's oldest pending one.
    package func question(_ id: ApprovalID?, session: SessionID, in project: ProjectID) async throws(Fault) -> Approval?
    {
        let (exists, approval) = try await ledger.read { reader in
            guard try reader.session(session, in: project) != nil else { return (false, Approval?.none) }
            guard let id else { return (true, try reader.oldestPendingApproval(session: session)) }
            let approval = try reader.approval(id, in: project)
            return (true, approval?.sessionID == session ? approval : nil)
        }
        guard exists else { throw .notFound("session", session) }
        return approval
    }

    /// `approval.answer`: the first answer wins and is durable before the agent gets it.
    ///
    /// - Throws: `InvalidState` with who answered what and when, for everybody after the first.
    package func answer(_ params: AnswerApproval.Params, _ call: Call) async throws(Fault) -> Approval {
        let project = params.projectID ?? .local
        let id = params.approvalID
        let name = call.principal.name
        return try await ledger.once(call, method: AnswerApproval.name, params: params) { transaction, wakes in
            guard let approval = try transaction.approval(id, in: project) else { throw Fault.notFound("approval", id) }
            guard approval.state == .pending else { throw Fault.decided(approval) }
            let answers = try Self.answers(params, for: approval)
            guard try transaction.answerApproval(id, answers: answers, by: name, at: .now),
                let answered = try transaction.approval(id, in: project)
            else { throw Fault.decided(try transaction.approval(id, in: project) ?? approval) }
            try transaction.publish(approval: answered, in: project, &wakes)
            if let rule = try Self.rule(params, after: answered, by: name) {
                try transaction.checkRoomForRule(in: project)
                try transaction.put(rule, in: project, &wakes)
            }
            try transaction.touchActivity(approval.sessionID, at: .now)
            wakes.run(approval.sessionID)
            return answered
        }
    }

    /// The rule an answer makes.
    private static func rule(
        _ params: AnswerApproval.Params,
        after approval: Approval,
        by name: String
    ) throws -> ApprovalRule? {
        guard let scope = params.scope?.rule else {
            guard params.pattern == nil else {
                throw Fault.invalidParams("A pattern needs a scope.", pointer: "/pattern", rule: "unexpected")
            }
            return nil
        }
        guard let subject = approval.subject, let answer = approval.answers?.values.first,
            let effect = subject.effect(of: answer)
        else {
            throw Fault.invalidParams(
                approval.subject == nil
                    ? "No rule can be made of this: what is asked for is not told in a form rules can go by."
                    : "No rule can be made of this answer: it is none of those that allow or refuse.",
                pointer: "/scope",
                rule: "unexpected",
                expected: approval.subject.map { ($0.allow + $0.deny).joined(separator: ", ") },
                hint: "Answer it once."
            )
        }
        let rule = ApprovalRule(
            id: .random(),
            scope: scope,
            sessionID: scope == .project ? nil : approval.sessionID,
            turnID: scope == .turn ? approval.turnID : nil,
            effect: effect,
            tool: subject.tool,
            pattern: try params.pattern ?? subject.ownPattern(),
            createdBy: name,
            createdAt: .now
        )
        if let pattern = rule.pattern, ApprovalPattern(pattern) == nil { throw Fault.badPattern(pattern) }
        guard rule.covers(subject) else {
            throw Fault.invalidParams(
                "The rule would not have answered this very approval.",
                pointer: "/pattern",
                rule: "unexpected",
                expected: "a pattern that fits \(subject.command ?? subject.paths?.joined(separator: ", ") ?? "it")",
                got: params.pattern
            )
        }
        return rule
    }

    private static func answers(_ params: AnswerApproval.Params, for approval: Approval) throws -> [String: String] {
        switch (params.answers, params.option) {
        case (nil, let option?):
            guard approval.questions.count == 1, let question = approval.questions.first else {
                throw Fault.invalidParams(
                    "The approval has \(approval.questions.count) questions; answer them by name.",
                    pointer: "/option",
                    rule: "unexpected"
                )
            }
            guard question.options.isEmpty || question.options.contains(where: { $0.label == option }) else {
                throw Fault.invalidParams(
                    "'\(option)' is none of the options.",
                    pointer: "/option",
                    rule: "enum",
                    expected: question.options.map(\.label).joined(separator: ", "),
                    got: option,
                    hint: "An answer of your own goes into answers."
                )
            }
            return [question.question: option]
        case (let answers?, nil):
            let known = approval.questions.map(\.question)
            for key in answers.keys.sorted() where !known.contains(key) {
                throw Fault.invalidParams(
                    "'\(key)' is none of the questions.",
                    pointer: "/answers",
                    rule: "enum",
                    expected: known.joined(separator: "; "),
                    got: key
                )
            }
            if approval.kind == .permission, answers.isEmpty {
                throw Fault.invalidParams(
                    "A permission needs an answer.",
                    pointer: "/answers",
                    rule: "minProperties",
                    expected: known.joined(separator: "; ")
                )
            }
            return answers
        case (nil, nil):
            throw Fault.invalidParams("Answer with answers or option.", pointer: "/answers", rule: "required")
        case (.some, .some):
            throw Fault.invalidParams(
                "Answer with answers or option, not both.",
                pointer: "/option",
                rule: "unexpected"
            )
        }
    }
}

extension ApprovalSubject {
    fileprivate func effect(of answer: String) -> ApprovalRule.Effect? {
        if allow.contains(answer) { return .allow }
        return deny.contains(answer) ? .deny : nil
    }

    /// The pattern of this very command or file; `nil` for a tool that tells neither.
    fileprivate func ownPattern() throws -> String? {
        guard let text = command ?? paths?.first else { return nil }
        guard command != nil || paths?.count == 1 else {
            throw Fault.invalidParams(
                "It is about several files, so say which pattern is meant.",
                pointer: "/pattern",
                rule: "required",
                expected: "a pattern that fits them all"
            )
        }
        return ApprovalPattern.exactly(text)
    }
}

extension Fault {
    /// Somebody was first, or nobody can answer any more.
    fileprivate static func decided(_ approval: Approval) -> Fault {
        var fault = Fault.invalidState(
            approval.state == .answered
                ? "\(approval.answeredBy ?? "Somebody") answered this already." : "This can no longer be answered.",
            reason: "approval.\(approval.state.rawValue)",
            state: approval.state.rawValue,
            allowed: ["pending"]
        )
        if let by = approval.answeredBy { fault.details["answeredBy"] = .string(by) }
        if let at = approval.answeredAt { fault.details["answeredAt"] = .string(at.description) }
        if let answers = approval.answers { fault.details["answers"] = .object(answers.mapValues { .string($0) }) }
        return fault
    }
}
