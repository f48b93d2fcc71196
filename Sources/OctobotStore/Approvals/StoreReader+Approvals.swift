package import OctobotModel
import SQLDatabase

extension Approval {
    static let columns = """
        id, session_id, turn_id, tool_call_id, kind, state, questions, answers, answered_by, answered_at, created_at,
        subject, rule_id
        """
    static let select = "SELECT \(columns) FROM approval"

    init(_ row: SQLRow) throws {
        self.init(
            id: try row[0],
            sessionID: try row[1],
            turnID: try row[2],
            toolCallID: try row[3],
            kind: try row[4],
            state: try row[5],
            questions: try JSONColumn.value([Question].self, row, 6),
            subject: row.isNull(11) ? nil : try JSONColumn.value(ApprovalSubject.self, row, 11),
            answers: row.isNull(7) ? nil : try JSONColumn.value([String: String].self, row, 7),
            answeredBy: try row[8],
            ruleID: try row[12],
            answeredAt: try row[9],
            createdAt: try row[10]
        )
    }
}

extension StoreReader {
    /// An approval of a project; in any project for `nil`.
    package func approval(_ id: ApprovalID, in project: ProjectID?) throws -> Approval? {
        guard let project else {
            return try connection.fetchOne("\(Approval.select) WHERE id = $1", id, as: Approval.init)
        }
        return try connection.fetchOne(
            "\(Approval.select) WHERE id = $1 AND project_id = $2",
            id,
            project,
            as: Approval.init
        )
    }

    /// A project's approvals, oldest first; of one session, or in one state, when asked for.
    ///
    /// Kept sessions have none.
    package func approvals(
        in project: ProjectID,
        session: SessionID?,
        state: Approval.State?,
        page: PageRequest
    ) throws -> Listing<Approval> {
        var condition = """
            project_id = $1 AND NOT EXISTS (
                SELECT 1 FROM session s WHERE s.id = approval.session_id AND s.kept_at IS NOT NULL)
            """
        var arguments: [any SQLConvertible] = [project]
        if let session {
            arguments.append(session)
            condition += " AND session_id = $\(arguments.count)"
        }
        if let state {
            arguments.append(state)
            condition += " AND state = $\(arguments.count)"
        }
        return try list(
            ListQuery(
                name: "approvals",
                select: Approval.select,
                condition: condition,
                arguments: arguments,
                read: Approval.init,
                place: { ($0.createdAt.milliseconds, $0.id.rawValue) }
            ),
            page: page
        )
    }

    /// What a session has waited for the longest.
    package func oldestPendingApproval(session: SessionID) throws -> Approval? {
        try connection.fetchOne(
            "\(Approval.select) WHERE session_id = $1 AND state = 'pending' ORDER BY created_at, id LIMIT 1",
            session,
            as: Approval.init
        )
    }

    /// The permissions that wait in a project, or in one of its sessions or turns, and which rules can answer; oldest first.
    package func pendingPermissions(in rule: ApprovalRule, of project: ProjectID) throws -> [Approval] {
        try connection.fetch(
            """
            \(Approval.select) WHERE project_id = $1 AND ($2 IS NULL OR session_id = $2) AND ($3 IS NULL OR turn_id = $3)
                AND state = 'pending' AND subject IS NOT NULL
            ORDER BY created_at, id
            """,
            project,
            rule.sessionID,
            rule.turnID,
            as: Approval.init
        )
    }

    /// Answers a session's agent has not been given yet, in the order they were given.
    package func undeliveredApprovals(session: SessionID) throws -> [Approval] {
        try connection.fetch(
            """
            \(Approval.select) WHERE session_id = $1 AND state = 'answered' AND is_delivered = 0
            ORDER BY answered_at, id
            """,
            session,
            as: Approval.init
        )
    }
}
