import JSONText
package import OctobotAPI
package import OctobotModel
import OctobotStore

/// The rules that answer in place of people (`approval.rules.*`).
package struct ApprovalRuleService: Sendable {
    private let ledger: Ledger

    /// How many rules a project may have.
    static let limit = 500

    package init(ledger: Ledger) { self.ledger = ledger }

    /// `approval.rules.list`.
    package func list(_ params: ListApprovalRules.Params, _ call: Call) async throws(Fault) -> Page<ApprovalRule> {
        let request = PageRequest(limit: params.limit, cursor: params.cursor)
        return try await ledger.read {
            Page(try $0.approvalRules(in: params.project, reaching: params.sessionID, at: .now, page: request))
        }
    }

    /// `approval.rules.create`.
    package func create(_ params: CreateApprovalRule.Params, _ call: Call) async throws(Fault) -> ApprovalRule {
        let project = params.project
        let name = call.principal.name
        try Self.check(params)
        return try await ledger.once(call, method: CreateApprovalRule.name, params: params) { transaction, wakes in
            var session = params.sessionID
            if let id = params.turnID {
                guard let turn = try transaction.turn(id), session == nil || session == turn.sessionID,
                    try transaction.session(turn.sessionID, in: project) != nil
                else { throw Fault.notFound("turn", id) }
                guard !turn.state.isTerminal else {
                    throw Fault.invalidState(
                        "The turn is \(turn.state.rawValue) already.",
                        reason: "turn.ended",
                        state: turn.state.rawValue
                    )
                }
                session = turn.sessionID
            } else if let session, try transaction.session(session, in: project) == nil {
                throw Fault.notFound("session", session)
            }
            let rule = ApprovalRule(
                id: .random(),
                scope: params.turnID != nil ? .turn : session != nil ? .session : .project,
                sessionID: session,
                turnID: params.turnID,
                effect: params.effect,
                tool: params.tool,
                pattern: params.pattern,
                createdBy: name,
                createdAt: .now,
                expiresAt: params.expiresAt
            )
            try transaction.checkRoomForRule(in: project)
            try transaction.put(rule, in: project, &wakes)
            return rule
        }
    }

    private static func check(_ params: CreateApprovalRule.Params) throws(Fault) {
        if let pattern = params.pattern, ApprovalPattern(pattern) == nil {
            throw .badPattern(pattern)
        }
        if let end = params.expiresAt, end <= .now {
            throw .invalidParams(
                "The rule would have expired already.",
                pointer: "/expiresAt",
                rule: "minimum",
                got: end.description
            )
        }
    }

    /// `approval.rules.delete`.
    package func delete(_ params: DeleteApprovalRule.Params, _ call: Call) async throws(Fault) -> Empty {
        try await ledger.write { transaction, wakes in
            guard try transaction.deleteApprovalRule(params.ruleID, in: params.project) != nil else {
                throw Fault.notFound("approval rule", params.ruleID)
            }
            try transaction.publish(rule: params.ruleID, in: params.project, status: "removed", &wakes)
            return Empty()
        }
    }
}

extension StoreTransaction {
    /// - Throws: `Overloaded` when the project has as many rules as it may.
    func checkRoomForRule(in project: ProjectID) throws {
        guard try approvalRuleCount(in: project) >= ApprovalRuleService.limit else { return }
        throw Fault(
            .overloaded,
            "The project has \(ApprovalRuleService.limit) rules already.",
            reason: "approval.tooManyRules",
            details: ["limit": .integer(Int64(ApprovalRuleService.limit))],
            hint: "Delete some: octoctl approval rules list"
        )
    }
}

extension Fault {
    static func badPattern(_ pattern: String) -> Fault {
        .invalidParams(
            "'\(pattern.prefix(100))' is no pattern.",
            pointer: "/pattern",
            rule: "pattern",
            expected: "1 to \(ApprovalPattern.limit) bytes; * for any text, \\ before a character that means itself",
            got: String(pattern.prefix(100))
        )
    }
}
