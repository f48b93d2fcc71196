package import OctobotModel
import SQLDatabase

extension Event {
    fileprivate init(_ row: SQLRow) throws {
        self.init(
            id: try row[0],
            seq: try row[1],
            type: try row[2],
            timestamp: try row[3],
            data: try JSONColumn.tree(row, 4)
        )
    }
}

extension StoreReader {
    /// A project's events after a position, in order.
    package func events(project: ProjectID, after seq: Int64, limit: Int) throws -> [Event] {
        try connection.fetch(
            """
            SELECT id, seq, type, created_at, content FROM event
            WHERE project_id = $1 AND seq > $2 ORDER BY seq LIMIT $3
            """,
            project,
            seq,
            limit,
            as: Event.init
        )
    }

    /// The position of a project's newest event, pruned or not; 0 before the first.
    package func eventHead(project: ProjectID) throws -> Int64 {
        try connection.fetchOne("SELECT head FROM event_log WHERE project_id = $1", project) { try $0[0] } ?? 0
    }

    /// The oldest position to read on from with nothing missing: that of the last pruned event, 0 when none was.
    package func eventTail(project: ProjectID) throws -> Int64 {
        try connection.fetchOne("SELECT tail FROM event_log WHERE project_id = $1", project) { try $0[0] } ?? 0
    }

    /// The position of the event with this id.
    package func eventSeq(ofID id: EventID, project: ProjectID) throws -> Int64? {
        try connection.fetchOne("SELECT seq FROM event WHERE id = $1 AND project_id = $2", id, project) { try $0[0] }
    }

    /// The position of the first event after a moment.
    package func firstEvent(since moment: Timestamp, project: ProjectID) throws -> Int64? {
        try connection.fetchOne(
            "SELECT MIN(seq) FROM event WHERE project_id = $1 AND created_at > $2",
            project,
            moment
        ) { try $0[0] as Int64? } ?? nil
    }
}
