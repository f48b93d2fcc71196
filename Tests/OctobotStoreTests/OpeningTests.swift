import Foundation
import OctobotModel
import OctobotTestSupport
import SQLDatabase
import Testing

@testable import OctobotStore

@Suite("opening the store", .timeLimit(.minutes(1)))
struct OpeningTests {
    @Test("a new store has the local user, project and ownership, and every migration is recorded")
    func seeded() async throws {
        try await withStore { store, _ in
            try await store.read { reader throws in
                #expect(try reader.project(.local)?.name == "Local Project")
                #expect(try reader.projects(of: .anonymous).map(\.id) == [.local])
                #expect(try reader.role(of: .anonymous, in: .local) == .owner)
                #expect(try reader.role(of: .anonymous, in: "other") == nil)
                #expect(try reader.role(of: "nobody", in: .local) == nil)
                let applied = try reader.connection.fetch("SELECT number, name FROM schema_migration ORDER BY number") {
                    "\(try $0[0] as Int) \(try $0[1] as String)"
                }
                #expect(
                    applied == [
                        "1 first tables", "2 installation and idleness", "3 credentials", "4 agent settings",
                        "5 permission modes", "6 approval rules", "7 evidence and usage", "8 agent profiles",
                    ]
                )
            }
        }
    }

    @Test("every table and column name is in the store's style and no reserved word")
    func names() async throws {
        try await withStore { store, _ in
            let names = try await store.read { reader in
                try reader.connection.fetch(
                    """
                    SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
                    """
                ) { (try $0[0] as String, try $0[1] as String) }
            }
            #expect(Set(names.map(\.0)).count == 28)
            let reserved: Set = [
                "user", "order", "group", "table", "commit", "key", "value", "values", "index", "default",
            ]
            for name in names.flatMap({ [$0.0, $0.1] }) {
                #expect(name.wholeMatch(of: /[a-z]+(_[a-z]+)*/) != nil && !reserved.contains(name), "\(name)")
            }
        }
    }

    @Test("every foreign key has an index that begins with it")
    func foreignKeyIndices() async throws {
        try await withStore { store, _ in
            let missing = try await store.read { reader in
                try reader.connection.fetch(
                    """
                    SELECT t.name || '.' || f."from" FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f
                    WHERE t.type = 'table' AND NOT EXISTS (
                        SELECT 1 FROM pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
                        WHERE c.seqno = 0 AND c.name = f."from")
                    """
                ) { try $0[0] as String }
            }
            #expect(missing == [])
        }
    }

    @Test(
        "lists are read from an index, not sorted",
        arguments: [
            """
            SELECT id FROM session WHERE project_id = 'p' AND kept_at IS NULL AND (created_at, id) < (1, 'a')
            ORDER BY created_at DESC, id DESC LIMIT 5
            """,
            "SELECT id FROM workspace WHERE project_id = 'p' AND hidden_at IS NULL ORDER BY created_at, id LIMIT 5",
            "SELECT id FROM agent WHERE project_id = 'p' ORDER BY created_at, id LIMIT 5",
            "SELECT id FROM job WHERE project_id = 'p' AND status = 'failed' ORDER BY created_at DESC, id DESC LIMIT 5",
            "SELECT id FROM approval WHERE project_id = 'p' AND state = 'pending' ORDER BY created_at, id LIMIT 5",
            "SELECT id FROM approval_rule WHERE project_id = 'p' ORDER BY created_at, id LIMIT 5",
            "SELECT seq FROM event WHERE project_id = 'p' AND seq > 5 ORDER BY seq LIMIT 5",
            "SELECT position FROM chat_log WHERE session_id = 's' AND position > 5 ORDER BY position LIMIT 5",
            """
            SELECT id FROM turn WHERE session_id = 's' AND state IN ('queued', 'delivering', 'running')
            ORDER BY prompt_position LIMIT 1
            """,
        ]
    )
    func listsUseIndices(sql: String) async throws {
        try await withStore { store, _ in
            let plan = try await store.read { reader in
                try reader.connection.fetch("EXPLAIN QUERY PLAN " + sql) { try $0[3] as String }.joined(separator: "; ")
            }
            #expect(plan.contains("INDEX") && !plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "\(plan)")
        }
    }

    @Test("opening again changes nothing and finds what was written")
    func reopened() async throws {
        try await withStore { store, path in
            _ = try await store.write { try $0.setPreference("theme", to: "dark", of: .anonymous, at: .past) }
            try store.close()
            let before = try Data(contentsOf: URL(filePath: path))
            let again = try await Store(path: path)
            #expect(try await again.read { try $0.preference("theme", of: .anonymous)?.value } == "dark")
            try again.close()
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
    }

    @Test("what a write returned for is there for whoever opens the file, without a close")
    func durability() async throws {
        try await withStore { store, path in
            for number in 0..<20 { _ = try await store.write { try $0.event(number) } }
            let other = try await Store(path: path)
            #expect(try await other.read { try $0.eventHead(project: .local) } == 20)
            try other.close()
        }
    }

    @Test("an installation's name is made once and differs from every other's")
    func installation() async throws {
        try await withStore { store, path in
            let again = try await Store(path: path)
            #expect(again.installation == store.installation)
            try again.close()
            try await withStore { other, _ in
                #expect(other.installation != store.installation)
                #expect(!other.installation.isEmpty)
            }
        }
    }

    @Test("a store of the first schema is migrated: its sessions keep their mode and the time they were last used")
    func firstSchema() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "octobot.db").path(percentEncoded: false)
            let pool = try SQLPool(path: path, applicationID: Store.applicationID) { _ in }
            for migration in Migrations.all where migration.number == 1 {
                try await pool.write { try migration.apply(to: $0) }
            }
            try await pool.write { connection in
                try connection.executeScript(
                    """
                    INSERT INTO project VALUES ('p', 'p', 'p', 1, 1);
                    INSERT INTO workspace (id, project_id, path, source_type, provider, status, mirror_path, created_at,
                        updated_at) VALUES ('w', 'p', '/p', 'local', 'local', 'ready', '/m', 1, 1);
                    INSERT INTO session (id, project_id, workspace_id, name, status, permission_mode, provider,
                        secret_nonce, active_at, created_at, updated_at)
                        VALUES ('s', 'p', 'w', 'n', 'ready', 'auto', 'local', 'x', 42, 1, 1);
                    """
                )
            }
            try pool.close()
            let store = try await Store(path: path)
            #expect(try await store.read { try $0.lastActivity("s") } == Timestamp(milliseconds: 42))
            #expect(try await store.read { try $0.session("s", in: "p")?.permissionMode } == .auto)
            #expect(try await store.read { try $0.sessionsUpLongestUnusedFirst().map(\.id) } == ["s"])
            #expect(!store.installation.isEmpty)
            try store.close()
        }
    }

    @Test("a store of a later version is refused by name and untouched")
    func newer() async throws {
        try await withStore { store, path in
            try await store.write {
                _ = try $0.connection.execute(
                    "INSERT INTO schema_migration (number, name, applied_at) VALUES (9999, 'future', 0)"
                )
            }
            try store.close()
            let before = try Data(contentsOf: URL(filePath: path))
            let error = await #expect(throws: SQLDatabaseError.self) { try await Store(path: path) }
            #expect(error?.kind == .newer)
            #expect(error?.description.contains(path) == true)
            #expect(error?.description.contains("9999") == true)
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
    }

    @Test("a database of another program is refused and untouched")
    func foreign() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "theirs.db").path(percentEncoded: false)
            let pool = try SQLPool(path: path, applicationID: 1234) { _ in }
            try await pool.write { try $0.executeScript("CREATE TABLE theirs (x)") }
            try pool.close()
            let before = try Data(contentsOf: URL(filePath: path))
            let error = await #expect(throws: SQLDatabaseError.self) { try await Store(path: path) }
            #expect(error?.kind == .foreign)
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
    }

    @Test("an interrupted first start is finished by the next")
    func halfSeeded() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "octobot.db").path(percentEncoded: false)
            // The file as it is after its mark was written and before the first migration.
            try SQLPool(path: path, applicationID: Store.applicationID) { _ in }.close()
            let store = try await Store(path: path)
            #expect(try await store.read { try $0.role(of: .anonymous, in: .local) } == .owner)
            try store.close()
        }
    }
}
