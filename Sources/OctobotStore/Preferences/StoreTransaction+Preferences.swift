package import OctobotModel
import SQLDatabase

extension Preference {
    fileprivate init(_ row: SQLRow) throws {
        self.init(key: try row[0], value: try row[1], updatedAt: try row[2])
    }
}

extension StoreReader {
    /// A user's settings, by key.
    package func preferences(of user: UserID) throws -> [Preference] {
        try connection.fetch(
            "SELECT name, content, updated_at FROM preference WHERE user_id = $1 ORDER BY name",
            user,
            as: Preference.init
        )
    }

    package func preference(_ key: String, of user: UserID) throws -> Preference? {
        try connection.fetchOne(
            "SELECT name, content, updated_at FROM preference WHERE user_id = $1 AND name = $2",
            user,
            key,
            as: Preference.init
        )
    }
}

extension StoreTransaction {
    /// Stores a setting, replacing an earlier value.
    package func setPreference(
        _ key: String,
        to value: String,
        of user: UserID,
        at now: Timestamp
    ) throws -> Preference {
        try connection.execute(
            """
            INSERT INTO preference (user_id, name, content, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
            ON CONFLICT (user_id, name) DO UPDATE SET content = excluded.content, updated_at = excluded.updated_at
            """,
            user,
            key,
            value,
            now
        )
        return Preference(key: key, value: value, updatedAt: now)
    }

    /// - Returns: Whether there was one.
    package func deletePreference(_ key: String, of user: UserID) throws -> Bool {
        try connection.execute("DELETE FROM preference WHERE user_id = $1 AND name = $2", user, key) > 0
    }
}
