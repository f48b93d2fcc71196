package import OctobotModel
import SQLDatabase

extension ApprovalRule {
    static let columns = """
        id, scope, session_id, turn_id, effect, tool, pattern, created_by, created_at, expires_at
        """
    static let select = "SELECT \(columns) FROM approval_rule"
    /// Neither expired at `$2` nor of a turn that has ended.
    static let isInForce = """
        (expires_at IS NULL OR expires_at > $2) AND (turn_id IS NULL OR EXISTS (
            SELECT 1 FROM turn t WHERE t.id = approval_rule.turn_id AND t.\(Turn.isActive)))
        """

    init(_ row: SQLRow) throws {
        self.init(
            id: try row[0],
            scope: try row[1],
            sessionID: try row[2],
            turnID: try row[3],
            effect: try row[4],
            tool: try row[5],
            pattern: try row[6],
            createdBy: try row[7],
            createdAt: try row[8],
            expiresAt: try row[9]
        )
    }
}

extension StoreReader {
    /// A project's rules in force at `moment`, oldest first; with a session those that reach it, else all.
    package func approvalRules(
        in project: ProjectID,
        reaching session: SessionID?,
        at moment: Timestamp,
        page: PageRequest
    ) throws -> Listing<ApprovalRule> {
        try list(
            ListQuery(
                name: "approvalRules",
                select: ApprovalRule.select,
                condition: """
                    project_id = $1 AND \(ApprovalRule.isInForce)
                    AND ($3 IS NULL OR session_id IS NULL OR session_id = $3)
                    """,
                arguments: [project, moment, session],
                read: ApprovalRule.init,
                place: { ($0.createdAt.milliseconds, $0.id.rawValue) }
            ),
            page: page
        )
    }

    /// The rules in force at `moment` that reach a turn.
    package func approvalRules(
        for turn: TurnID,
        of session: SessionID,
        in project: ProjectID,
        at moment: Timestamp
    ) throws -> [ApprovalRule] {
        try connection.fetch(
            """
            \(ApprovalRule.select) WHERE project_id = $1 AND \(ApprovalRule.isInForce)
                AND (session_id IS NULL OR session_id = $3) AND (turn_id IS NULL OR turn_id = $4)
            """,
            project,
            moment,
            session,
            turn,
            as: ApprovalRule.init
        )
    }

    /// How many rows of rules a project has.
    package func approvalRuleCount(in project: ProjectID) throws -> Int {
        try connection.fetchOne("SELECT COUNT(*) FROM approval_rule WHERE project_id = $1", project) { try $0[0] } ?? 0
    }
}

extension StoreTransaction {
    package func insertApprovalRule(_ rule: ApprovalRule, in project: ProjectID) throws {
        try connection.execute(
            """
            INSERT INTO approval_rule (\(ApprovalRule.columns), project_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            rule.id,
            rule.scope,
            rule.sessionID,
            rule.turnID,
            rule.effect,
            rule.tool,
            rule.pattern,
            rule.createdBy,
            rule.createdAt,
            rule.expiresAt,
            project
        )
    }

    /// - Returns: The rule, when it was there.
    package func deleteApprovalRule(_ id: ApprovalRuleID, in project: ProjectID) throws -> ApprovalRule? {
        try connection.fetchOne(
            "DELETE FROM approval_rule WHERE id = $1 AND project_id = $2 RETURNING \(ApprovalRule.columns)",
            id,
            project,
            as: ApprovalRule.init
        )
    }

    /// Forgets the rules that are no longer in force.
    func pruneApprovalRules(_ now: Timestamp) throws {
        try connection.execute(
            """
            DELETE FROM approval_rule WHERE expires_at <= $1 OR turn_id IN (
                SELECT id FROM turn WHERE id IN (SELECT turn_id FROM approval_rule) AND NOT \(Turn.isActive))
            """,
            now
        )
    }
}
