package import JSONText
package import OctobotModel
import SQLDatabase

/// A job that was asked for.
package struct EnqueuedJob: Sendable, Equatable {
    package var job: Job
    /// Whether it is new; else it stood already for the same type and resource.
    package var created: Bool
}

extension StoreTransaction {
    /// Queues a job, due at once, unless one of its type waits or runs for the resource (decision 54).
    ///
    /// - Parameter priority: Higher goes first.
    package func enqueueJob(
        type: JobType,
        project: ProjectID,
        resourceType: String,
        resourceID: String,
        payload: [String: JSONValue],
        priority: Int,
        maxAttempts: Int
    ) throws -> EnqueuedJob {
        let created = try connection.fetchOne(
            """
            INSERT INTO job (id, project_id, type, resource_type, resource_id, payload, status, priority, max_attempts,
                created_at, updated_at, scheduled_at)
            VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9, $9, $9)
            ON CONFLICT (resource_type, resource_id, type) WHERE status IN ('pending', 'running') DO NOTHING
            RETURNING \(Job.columns)
            """,
            JobID.random(),
            project,
            type,
            resourceType,
            resourceID,
            JSONColumn.text(.object(payload)),
            priority,
            maxAttempts,
            Timestamp.now,
            as: Job.init
        )
        if let created { return EnqueuedJob(job: created, created: true) }
        guard let standing = try activeJob(type: type, resourceID: resourceID) else {
            throw SQLDatabaseError(.other, "A job was neither queued nor standing.")
        }
        return EnqueuedJob(job: standing, created: false)
    }

    /// Cancels a job that has not begun.
    ///
    /// - Returns: Whether it was pending.
    package func cancelJob(_ id: JobID) throws -> Bool {
        let now = Timestamp.now
        return try connection.execute(
            """
            UPDATE job SET status = 'cancelled', completed_at = $1, updated_at = $1
            WHERE id = $2 AND status = 'pending'
            """,
            now,
            id
        ) > 0
    }

    /// Ends a running job well.
    ///
    /// - Returns: The job, `nil` when it was not running.
    package func completeJob(_ id: JobID) throws -> Job? {
        try connection.fetchOne(
            """
            UPDATE job SET status = 'completed', error = NULL, reason = NULL, instance = NULL, claims = 0,
                completed_at = $1, updated_at = $1
            WHERE id = $2 AND status = 'running' RETURNING \(Job.columns)
            """,
            Timestamp.now,
            id,
            as: Job.init
        )
    }

    /// Ends a running job that was asked to give up.
    ///
    /// - Returns: The job, `nil` when it was not running.
    package func endCancelledJob(_ id: JobID) throws -> Job? {
        try connection.fetchOne(
            """
            UPDATE job SET status = 'cancelled', error = NULL, reason = NULL, instance = NULL, claims = 0,
                completed_at = $1, updated_at = $1
            WHERE id = $2 AND status = 'running' RETURNING \(Job.columns)
            """,
            Timestamp.now,
            id,
            as: Job.init
        )
    }

    /// Ends an attempt badly: the job waits until `retryAt`, or has failed for good without one.
    ///
    /// - Returns: The job, `nil` when it was not running.
    package func failJob(_ id: JobID, error: String, reason: String?, retryAt: Timestamp?) throws -> Job? {
        let now = Timestamp.now
        guard let retryAt else {
            return try connection.fetchOne(
                """
                UPDATE job SET status = 'failed', error = $1, reason = $2, instance = NULL, claims = 0,
                    completed_at = $3, updated_at = $3
                WHERE id = $4 AND status = 'running' RETURNING \(Job.columns)
                """,
                error,
                reason,
                now,
                id,
                as: Job.init
            )
        }
        return try connection.fetchOne(
            """
            UPDATE job SET status = 'pending', error = $1, reason = $2, instance = NULL, claims = 0,
                started_at = NULL, scheduled_at = $3, updated_at = $4
            WHERE id = $5 AND status = 'running' RETURNING \(Job.columns)
            """,
            error,
            reason,
            retryAt,
            now,
            id,
            as: Job.init
        )
    }
}
