import OctobotModel
import OctobotStore

/// Approvals that are answered by rules, in the transaction of their cause.
extension StoreTransaction {
    /// Stores what an agent asks, answered already when a rule decides it, and tells of it once.
    func ask(_ approval: Approval, in project: ProjectID, _ wakes: inout Wakes) throws {
        var approval = approval
        if let subject = approval.subject {
            let rules = try approvalRules(
                for: approval.turnID,
                of: approval.sessionID,
                in: project,
                at: approval.createdAt
            )
            if let rule = ApprovalRule.deciding(subject, among: rules), let answers = approval.answers(by: rule) {
                approval.state = .answered
                approval.answers = answers
                approval.answeredBy = rule.createdBy
                approval.ruleID = rule.id
                approval.answeredAt = approval.createdAt
            }
        }
        guard try insertApproval(approval) else { return }
        try publish(approval: approval, in: project, &wakes)
        if approval.state == .answered { wakes.run(approval.sessionID) }
    }

    /// Puts a rule in force; what waits and is decided by it is answered at once.
    func put(_ rule: ApprovalRule, in project: ProjectID, _ wakes: inout Wakes) throws {
        try insertApprovalRule(rule, in: project)
        try publish(rule: rule.id, in: project, status: "created", &wakes)
        for approval in try pendingPermissions(in: rule, of: project) {
            let rules = try approvalRules(
                for: approval.turnID,
                of: approval.sessionID,
                in: project,
                at: rule.createdAt
            )
            guard let subject = approval.subject, let decider = ApprovalRule.deciding(subject, among: rules),
                let answers = approval.answers(by: decider),
                try answerApproval(
                    approval.id,
                    answers: answers,
                    by: decider.createdBy,
                    rule: decider.id,
                    at: rule.createdAt
                ), let answered = try self.approval(approval.id, in: project)
            else { continue }
            try publish(approval: answered, in: project, &wakes)
            wakes.run(approval.sessionID)
        }
    }
}

extension Approval {
    /// What a rule answers; `nil` when it would allow and no option does.
    fileprivate func answers(by rule: ApprovalRule) -> [String: String]? {
        guard kind == .permission, questions.count == 1, let question = questions.first, let subject else { return nil }
        switch rule.effect {
        case .allow: return subject.allow.first.map { [question.question: $0] }
        // Any text that is no option refuses a permission.
        case .deny: return [question.question: subject.deny.first ?? "No"]
        }
    }
}
