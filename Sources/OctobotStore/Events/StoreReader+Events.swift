import JSONText
package import OctobotModel
import SQLDatabase

/// An event as the JSON text readers get, made without a tree between the store and them.
package struct EventText: Sendable {
    package var seq: Int64
    package var type: Event.Kind
    package var timestamp: Timestamp
    /// Members sorted by name, as ``JSONValue`` writes them.
    package var bytes: [UInt8]

    fileprivate init(_ row: SQLRow) throws {
        seq = try row[1]
        type = try row[2]
        timestamp = try row[3]
        let (id, content): (String, String) = (try row[0], try row[4])
        bytes = Array("{\"data\":".utf8)
        bytes += content.utf8
        bytes += Array(",\"id\":".utf8)
        bytes += JSONValue.string(id).serialized()
        bytes += Array(",\"seq\":\(seq),\"timestamp\":\"\(timestamp)\",\"type\":\"\(type.rawValue)\"}".utf8)
    }
}

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

    /// The same as the texts their readers get.
    package func eventTexts(project: ProjectID, after seq: Int64, limit: Int) throws -> [EventText] {
        try connection.fetch(
            """
            SELECT id, seq, type, created_at, content FROM event
            WHERE project_id = $1 AND seq > $2 ORDER BY seq LIMIT $3
            """,
            project,
            seq,
            limit,
            as: EventText.init
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
