package import JSONText
package import OctobotModel
import SQLDatabase

extension Job {
    static let columns = """
        id, project_id, type, resource_type, resource_id, status, attempts, max_attempts, error, reason, created_at, \
        scheduled_at, started_at, completed_at
        """
    static let select = "SELECT \(columns) FROM job"

    init(_ row: SQLRow) throws {
        self.init(
            id: try row[0],
            projectID: try row[1],
            type: try row[2],
            resourceType: try row[3],
            resourceID: try row[4],
            status: try row[5],
            attempts: try row[6],
            maxAttempts: try row[7],
            error: try row[8],
            reason: try row[9],
            createdAt: try row[10],
            scheduledAt: try row[11],
            startedAt: try row[12],
            completedAt: try row[13]
        )
    }
}

extension StoreReader {
    /// A job of a project; in any project for `nil`.
    package func job(_ id: JobID, in project: ProjectID?) throws -> Job? {
        guard let project else { return try connection.fetchOne("\(Job.select) WHERE id = $1", id, as: Job.init) }
        return try connection.fetchOne("\(Job.select) WHERE id = $1 AND project_id = $2", id, project, as: Job.init)
    }

    /// A project's jobs, newest first; in one state when asked for.
    package func jobs(in project: ProjectID, status: JobStatus?, page: PageRequest) throws -> Listing<Job> {
        var query = ListQuery(
            name: "jobs",
            select: Job.select,
            condition: "project_id = $1",
            arguments: [project],
            isNewestFirst: true,
            read: Job.init,
            place: { ($0.createdAt.milliseconds, $0.id.rawValue) }
        )
        if let status {
            query.condition = "project_id = $1 AND status = $2"
            query.arguments.append(status)
        }
        return try list(query, page: page)
    }

    /// The job of a type that waits or runs for a resource; there is at most one.
    package func activeJob(type: JobType, resourceID: String) throws -> Job? {
        try connection.fetchOne(
            """
            \(Job.select) WHERE resource_type IN ('workspace', 'session') AND resource_id = $1 AND type = $2
                AND status IN ('pending', 'running')
            """,
            resourceID,
            type,
            as: Job.init
        )
    }

    /// Whether any job waits or runs.
    package func hasActiveJobs() throws -> Bool {
        try connection.fetchOne("SELECT 1 FROM job WHERE status IN ('pending', 'running') LIMIT 1") { _ in true }
            ?? false
    }

    /// What a job was given.
    package func jobPayload(_ id: JobID) throws -> JSONValue? {
        try connection.fetchOne("SELECT payload FROM job WHERE id = $1", id) { try JSONColumn.tree($0, 0) }
    }

    /// When the next job comes due after `moment`.
    ///
    /// Jobs due before it were not claimed because something they wait for still runs; its end wakes the dispatcher.
    package func nextScheduledJob(after moment: Timestamp) throws -> Timestamp? {
        try connection.fetchOne(
            "SELECT MIN(scheduled_at) FROM job WHERE status = 'pending' AND scheduled_at > $1",
            moment
        ) { try $0[0] as Timestamp? } ?? nil
    }
}
