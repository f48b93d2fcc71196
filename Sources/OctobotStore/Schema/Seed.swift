import Foundation
import OctobotModel
import SQLDatabase

/// The rows every store has: the local user, the local project and that user's ownership of it (behaviour.md §1.6), and
/// the name of this installation.
enum Seed {
    static func isComplete(in connection: SQLConnection) throws -> Bool {
        let found = try connection.fetchOne(
            """
            SELECT 1 FROM membership WHERE project_id = $1 AND user_id = $2 AND EXISTS (SELECT 1 FROM installation)
            """,
            ProjectID.local,
            UserID.anonymous
        ) { _ in true }
        return found == true
    }

    static func plant(in connection: SQLConnection) throws {
        let now = Timestamp.now
        try connection.execute(
            """
            INSERT INTO user_account (id, email, name, provider, provider_id, created_at, updated_at)
            VALUES ($1, 'anonymous@local', 'Anonymous User', 'local', 'anonymous', $2, $2)
            ON CONFLICT DO NOTHING
            """,
            UserID.anonymous,
            now
        )
        try connection.execute(
            """
            INSERT INTO project (id, name, slug, created_at, updated_at) VALUES ($1, 'Local Project', 'local', $2, $2)
            ON CONFLICT DO NOTHING
            """,
            ProjectID.local,
            now
        )
        try connection.execute(
            """
            INSERT INTO membership (project_id, user_id, role, accepted_at) VALUES ($1, $2, 'owner', $3)
            ON CONFLICT DO NOTHING
            """,
            ProjectID.local,
            UserID.anonymous,
            now
        )
        try connection.execute(
            "INSERT INTO installation (id, created_at) SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM installation)",
            UUID().uuidString.lowercased(),
            now
        )
    }

    static func installation(in connection: SQLConnection) throws -> String {
        let id: String? = try connection.fetchOne("SELECT id FROM installation ORDER BY created_at, id") { try $0[0] }
        guard let id else { throw SQLDatabaseError(.other, "The installation has no name.") }
        return id
    }
}
