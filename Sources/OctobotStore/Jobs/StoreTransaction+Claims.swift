package import OctobotModel
import SQLDatabase

/// How often a job may be claimed without an outcome before it is taken for the cause (decision 54).
private let claimLimit = 3

extension StoreTransaction {
    /// Takes the next due job of one of these types whose resource is free; one atomic statement.
    ///
    /// - Parameter instance: The run of the daemon that will do it; at the next start its claim is void.
    package func claimJob(types: [JobType], instance: String, now: Timestamp) throws -> Job? {
        try connection.fetchOne(
            """
            UPDATE job SET status = 'running', instance = $1, started_at = $2, updated_at = $2,
                attempts = attempts + 1, claims = claims + 1
            WHERE status = 'pending' AND id = (
                SELECT j.id FROM job j
                WHERE j.status = 'pending' AND j.scheduled_at <= $2
                    AND j.type IN \(placeholders(types.count, from: 3))
                    AND NOT EXISTS (
                        SELECT 1 FROM job r WHERE r.status = 'running'
                            AND r.resource_type = j.resource_type AND r.resource_id = j.resource_id)
                ORDER BY j.priority DESC, j.scheduled_at, j.created_at, j.id LIMIT 1)
            RETURNING \(Job.columns)
            """,
            arguments: [instance, now] + types.sorted { $0.rawValue < $1.rawValue },
            as: Job.init
        )
    }

    /// Gives a job back that the daemon's end interrupted; that costs neither an attempt nor a claim.
    package func releaseJob(_ id: JobID, instance: String) throws {
        try connection.execute(
            """
            UPDATE job SET status = 'pending', instance = NULL, started_at = NULL, attempts = attempts - 1,
                claims = claims - 1, updated_at = $1
            WHERE id = $2 AND instance = $3 AND status = 'running'
            """,
            Timestamp.now,
            id,
            instance
        )
    }

    /// Voids the claims of earlier runs of the daemon: their jobs wait again, at no attempt's cost.
    ///
    /// - Returns: Jobs that were claimed three times without an outcome; they have failed with reason `poison`.
    package func releaseClaims(otherThan instance: String) throws -> [Job] {
        let now = Timestamp.now
        let poisoned = try connection.fetch(
            """
            UPDATE job SET status = 'failed', reason = 'poison', instance = NULL, completed_at = $1, updated_at = $1,
                error = 'Gave up: the job was begun three times and the daemon ended each time.'
            WHERE status = 'running' AND instance <> $2 AND claims >= $3
            RETURNING \(Job.columns)
            """,
            now,
            instance,
            claimLimit,
            as: Job.init
        )
        try connection.execute(
            """
            UPDATE job SET status = 'pending', instance = NULL, started_at = NULL, attempts = attempts - 1,
                updated_at = $1
            WHERE status = 'running' AND instance <> $2
            """,
            now,
            instance
        )
        return poisoned
    }
}
