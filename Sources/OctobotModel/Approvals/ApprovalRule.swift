/// Answers permissions in place of a person, for as long as it is in force.
package struct ApprovalRule: Sendable, Codable, Equatable {
    package enum Effect: String, Sendable, Codable, CaseIterable { case allow, deny }
    /// How far a rule reaches, the narrowest first.
    package enum Scope: String, Sendable, Codable, CaseIterable { case turn, session, project }

    package var id: ApprovalRuleID
    package var scope: Scope
    /// Absent for the scope `project`.
    package var sessionID: SessionID?
    /// Only for the scope `turn`; the rule ends with its turn.
    package var turnID: TurnID?
    package var effect: Effect
    /// The tool's name, or `*` for every tool.
    package var tool: String
    /// What ``ApprovalPattern`` reads; absent: whatever the tool is used for.
    package var pattern: String?
    /// Who made it.
    package var createdBy: String
    package var createdAt: Timestamp
    /// When it stops answering.
    package var expiresAt: Timestamp?

    package init(
        id: ApprovalRuleID,
        scope: Scope,
        sessionID: SessionID? = nil,
        turnID: TurnID? = nil,
        effect: Effect,
        tool: String,
        pattern: String? = nil,
        createdBy: String,
        createdAt: Timestamp,
        expiresAt: Timestamp? = nil
    ) {
        self.id = id
        self.scope = scope
        self.sessionID = sessionID
        self.turnID = turnID
        self.effect = effect
        self.tool = tool
        self.pattern = pattern
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    enum CodingKeys: String, CodingKey {
        case id, scope, effect, tool, pattern, createdBy, createdAt, expiresAt
        case sessionID = "sessionId"
        case turnID = "turnId"
    }

    /// Whether it is about what is asked, whatever its reach.
    ///
    /// One that allows has to cover every file and the whole command; one that denies needs a single file or part.
    package func covers(_ subject: ApprovalSubject) -> Bool {
        guard tool == "*" || tool == subject.tool else { return false }
        guard let pattern else { return true }
        return ApprovalPattern(pattern)?.matches(subject, effect) ?? false
    }

    /// The rule that decides: of those that cover the subject any that denies goes first, then the narrower scope, then the
    /// newer one.
    ///
    /// - Parameter rules: In force and in reach.
    package static func deciding(_ subject: ApprovalSubject, among rules: [ApprovalRule]) -> ApprovalRule? {
        func goesFirst(_ one: ApprovalRule, _ other: ApprovalRule) -> Bool {
            if one.effect != other.effect { return one.effect == .deny }
            if one.scope != other.scope { return one.scope.width < other.scope.width }
            return (one.createdAt, one.id.rawValue) > (other.createdAt, other.id.rawValue)
        }
        return rules.sorted(by: goesFirst).first { $0.covers(subject) }
    }
}

extension ApprovalRule.Scope {
    fileprivate var width: Int {
        switch self {
        case .turn: 0
        case .session: 1
        case .project: 2
        }
    }
}
