package import OctobotModel
import SQLDatabase

/// How much is kept (decision 55).
package struct RetentionLimits: Sendable {
    package var eventAge = Duration.seconds(30 * 24 * 3600)
    package var eventCount: Int64 = 1_000_000
    package var jobAge = Duration.seconds(7 * 24 * 3600)
    package var idempotencyAge = Duration.seconds(24 * 3600)
    /// How many rows of a table one transaction deletes at most.
    package var step = 5_000

    package init() {}
}

extension StoreTransaction {
    /// Forgets what is too old, a step at a time.
    ///
    /// - Returns: Whether there is more; other writers come in between before it is asked for again.
    @discardableResult
    package func prune(now: Timestamp, limits: RetentionLimits = RetentionLimits()) throws -> Bool {
        var hasMore = false
        for log in try eventLogs() where try pruneEvents(log, now, limits) { hasMore = true }
        if try pruneJobs(now, limits) { hasMore = true }
        if try pruneIdempotencyKeys(now, limits) { hasMore = true }
        try connection.execute("DELETE FROM login_session WHERE expires_at <= $1", now)
        try pruneApprovalRules(now)
        return hasMore
    }

    private typealias EventLog = (project: ProjectID, head: Int64, tail: Int64)

    private func eventLogs() throws -> [EventLog] {
        try connection.fetch("SELECT project_id, head, tail FROM event_log") { (try $0[0], try $0[1], try $0[2]) }
    }

    private func pruneEvents(_ log: EventLog, _ now: Timestamp, _ limits: RetentionLimits) throws -> Bool {
        let tooOld = try connection.fetchOne(
            """
            SELECT seq FROM event WHERE project_id = $1 AND created_at < $2 ORDER BY created_at DESC, seq DESC LIMIT 1
            """,
            log.project,
            now.advanced(by: .zero - limits.eventAge)
        ) { try $0[0] as Int64 }
        let wanted = max(tooOld ?? 0, log.head - limits.eventCount)
        guard wanted > log.tail else { return false }
        let bound = min(wanted, log.tail + Int64(limits.step))
        try connection.execute("DELETE FROM event WHERE project_id = $1 AND seq <= $2", log.project, bound)
        try connection.execute("UPDATE event_log SET tail = $1 WHERE project_id = $2", bound, log.project)
        return bound < wanted
    }

    private func pruneJobs(_ now: Timestamp, _ limits: RetentionLimits) throws -> Bool {
        let deleted = try connection.execute(
            """
            DELETE FROM job WHERE id IN (
                SELECT id FROM job WHERE completed_at < $1 ORDER BY completed_at LIMIT $2)
            """,
            now.advanced(by: .zero - limits.jobAge),
            limits.step
        )
        return deleted == limits.step
    }

    private func pruneIdempotencyKeys(_ now: Timestamp, _ limits: RetentionLimits) throws -> Bool {
        let deleted = try connection.execute(
            """
            DELETE FROM idempotency_key WHERE (scope, name) IN (
                SELECT scope, name FROM idempotency_key WHERE created_at <= $1 ORDER BY created_at LIMIT $2)
            """,
            now.advanced(by: .zero - limits.idempotencyAge),
            limits.step
        )
        return deleted == limits.step
    }
}
