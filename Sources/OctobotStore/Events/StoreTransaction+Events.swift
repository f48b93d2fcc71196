package import JSONText
package import OctobotModel
import SQLDatabase

extension StoreTransaction {
    /// Appends an event to its project's log, in the transaction of its cause.
    ///
    /// Positions count up by one and are never given twice, not even after pruning.
    package func appendEvent(
        project: ProjectID,
        type: Event.Kind,
        data: JSONValue,
        at moment: Timestamp = .now
    ) throws -> Event {
        let seq: Int64? = try connection.fetchOne(
            """
            INSERT INTO event_log (project_id, head) VALUES ($1, 1)
            ON CONFLICT (project_id) DO UPDATE SET head = event_log.head + 1 RETURNING head
            """,
            project
        ) { try $0[0] }
        guard let seq else { throw SQLDatabaseError(.other, "The event log gave no position.") }
        let event = Event(id: .random(), seq: seq, type: type, timestamp: moment, data: data)
        try connection.execute(
            "INSERT INTO event (project_id, seq, id, type, content, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            project,
            event.seq,
            event.id,
            event.type,
            JSONColumn.text(data),
            event.timestamp
        )
        return event
    }
}
