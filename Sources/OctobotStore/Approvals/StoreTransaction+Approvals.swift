package import OctobotModel
import SQLDatabase

extension StoreTransaction {
    /// Stores what an agent asks, in the project of its session.
    ///
    /// An id that is taken is left alone: an agent chooses it, and must not be able to change another's question.
    ///
    /// - Returns: Whether it is new.
    @discardableResult
    package func insertApproval(_ approval: Approval) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO approval (\(Approval.columns), project_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
                (SELECT project_id FROM session WHERE id = $2))
            ON CONFLICT (id) DO NOTHING
            """,
            approval.id,
            approval.sessionID,
            approval.turnID,
            approval.toolCallID,
            approval.kind,
            approval.state,
            try JSONColumn.text(approval.questions),
            try approval.answers.map { try JSONColumn.text($0) },
            approval.answeredBy,
            approval.answeredAt,
            approval.createdAt,
            try approval.subject.map { try JSONColumn.text($0) },
            approval.ruleID
        ) > 0
    }

    /// Records an answer; the first wins (decision 39).
    ///
    /// - Returns: Whether this was the first and the approval was still open.
    package func answerApproval(
        _ id: ApprovalID,
        answers: [String: String],
        by name: String,
        rule: ApprovalRuleID? = nil,
        at moment: Timestamp
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE approval SET state = 'answered', answers = $1, answered_by = $2, rule_id = $3, answered_at = $4
            WHERE id = $5 AND state = 'pending'
            """,
            try JSONColumn.text(answers),
            name,
            rule,
            moment,
            id
        ) > 0
    }

    /// The agent has taken the answer.
    package func markDelivered(_ id: ApprovalID) throws {
        try connection.execute("UPDATE approval SET is_delivered = 1 WHERE id = $1 AND state = 'answered'", id)
    }

    /// The agent refused an answer it had not taken: the question is open again, as if nobody had answered.
    ///
    /// - Returns: The approval when this changed it.
    package func reopenApproval(_ id: ApprovalID) throws -> Approval? {
        try connection.fetchOne(
            """
            UPDATE approval SET state = 'pending', answers = NULL, answered_by = NULL, answered_at = NULL,
                rule_id = NULL
            WHERE id = $1 AND state = 'answered' AND is_delivered = 0
            RETURNING \(Approval.columns)
            """,
            id,
            as: Approval.init
        )
    }

    /// The agent no longer waits for this: open, or answered and not delivered.
    ///
    /// - Returns: The approval when this changed it.
    package func expireApproval(_ id: ApprovalID) throws -> Approval? {
        try connection.fetchOne(
            """
            UPDATE approval SET state = 'expired'
            WHERE id = $1 AND (state = 'pending' OR (state = 'answered' AND is_delivered = 0))
            RETURNING \(Approval.columns)
            """,
            id,
            as: Approval.init
        )
    }

    /// A turn ended: what it still asked expires, and an answer given a moment too late is not delivered any more.
    ///
    /// - Returns: The approvals that expired, oldest first.
    package func expireApprovals(turn: TurnID) throws -> [Approval] {
        try connection.execute(
            "UPDATE approval SET is_delivered = 1 WHERE turn_id = $1 AND state = 'answered' AND is_delivered = 0",
            turn
        )
        let expired = try connection.fetch(
            """
            UPDATE approval SET state = 'expired' WHERE turn_id = $1 AND state = 'pending'
            RETURNING \(Approval.columns)
            """,
            turn,
            as: Approval.init
        )
        return expired.sorted { ($0.createdAt, $0.id.rawValue) < ($1.createdAt, $1.id.rawValue) }
    }
}
