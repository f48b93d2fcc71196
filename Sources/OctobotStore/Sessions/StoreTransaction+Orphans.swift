package import OctobotModel
import SQLDatabase

// Data of sandboxes whose session the store does not know.
extension StoreReader {
    /// Those kept long enough, and who keeps them.
    package func expiredOrphans(now: Timestamp) throws -> [(id: SessionID, provider: String)] {
        try connection.fetch(
            "SELECT session_id, provider FROM orphan WHERE kept_until <= $1 ORDER BY kept_until, session_id",
            now
        ) { (try $0[0], try $0[1]) }
    }
}

extension StoreTransaction {
    /// Notes that a provider keeps data of a session nobody knows.
    package func noteOrphan(_ id: SessionID, provider: String, until expiry: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO orphan (session_id, provider, kept_until) VALUES ($1, $2, $3)
            ON CONFLICT (session_id) DO UPDATE SET provider = excluded.provider, kept_until = excluded.kept_until
            """,
            id,
            provider,
            expiry
        )
    }

    package func forgetOrphan(_ id: SessionID) throws {
        try connection.execute("DELETE FROM orphan WHERE session_id = $1", id)
    }
}
