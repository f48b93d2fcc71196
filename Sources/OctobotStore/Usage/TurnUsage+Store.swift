package import OctobotModel
import SQLDatabase

extension StoreTransaction {
    /// Stores what a turn used.
    ///
    /// - Parameter sessionCost: What the agent told the whole session has cost so far, where it tells that; the next turn's
    ///   cost is what it is beyond this.
    package func insertUsage(
        _ usage: TurnUsage,
        sessionCost: Double?,
        in project: ProjectID,
        at moment: Timestamp
    ) throws {
        try connection.execute(
            """
            INSERT INTO turn_usage (turn_id, session_id, project_id, model, input_tokens, output_tokens, cached_tokens,
                context_used, context_size, cost, currency, session_cost, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (turn_id) DO NOTHING
            """,
            usage.turnID,
            usage.sessionID,
            project,
            usage.model,
            usage.inputTokens,
            usage.outputTokens,
            usage.cachedTokens,
            usage.context?.used,
            usage.context?.size,
            usage.cost?.amount,
            usage.cost?.currency,
            sessionCost,
            moment
        )
    }
}

extension StoreReader {
    /// What the session's agent told last that the session has cost.
    package func lastSessionCost(_ session: SessionID) throws -> Double? {
        try connection.fetchOne(
            """
            SELECT session_cost FROM turn_usage WHERE session_id = $1 AND session_cost IS NOT NULL
            ORDER BY created_at DESC, turn_id DESC LIMIT 1
            """,
            session
        ) { try $0[0] }
    }

    /// What a project's turns used, or those of one session; deleted sessions count for the project.
    package func usage(in project: ProjectID, session: SessionID?) throws -> Usage {
        let rows = try connection.fetch(
            """
            SELECT model, currency, COUNT(*), SUM(input_tokens), SUM(output_tokens), SUM(cached_tokens),
                COALESCE(SUM(cost), 0.0)
            FROM turn_usage WHERE project_id = $1 AND ($2 IS NULL OR session_id = $2)
            GROUP BY model, currency ORDER BY model, currency
            """,
            project,
            session
        ) { row -> (currency: String?, cost: Double, share: Usage.Share) in
            let share = Usage.Share(
                model: try row[0],
                turns: try row[2],
                inputTokens: try row[3],
                outputTokens: try row[4],
                cachedTokens: try row[5]
            )
            return (try row[1], try row[6], share)
        }
        var shares: [Usage.Share] = []
        for row in rows {
            if let last = shares.indices.last, shares[last].model == row.share.model {
                shares[last].turns += row.share.turns
                shares[last].inputTokens += row.share.inputTokens
                shares[last].outputTokens += row.share.outputTokens
                shares[last].cachedTokens += row.share.cachedTokens
            } else {
                shares.append(row.share)
            }
            if let currency = row.currency, let last = shares.indices.last {
                shares[last].costs.append(Cost(amount: row.cost, currency: currency))
            }
        }
        return Usage(shares, context: try session.flatMap(lastContext))
    }

    private func lastContext(_ session: SessionID) throws -> ContextUse? {
        try connection.fetchOne(
            """
            SELECT context_used, context_size FROM turn_usage WHERE session_id = $1 AND context_used IS NOT NULL
            ORDER BY created_at DESC, turn_id DESC LIMIT 1
            """,
            session
        ) { ContextUse(used: try $0[0], size: try $0[1]) }
    }
}
