import JSONText
import OctobotModel
import SQLDatabase

@testable import OctobotStore

/// Triggers that note every change of what clients see, and every event, in the order of the writer.
struct ChangeAudit {
    private static let watched: [(table: String, id: String, columns: [String])] = [
        (
            "session", "id",
            [
                "name", "display_name", "status", "error_message", "commit_status", "commit_outcome", "commit_error",
                "model", "reasoning", "agent_id", "workspace_commit",
            ]
        ),
        ("workspace", "id", ["status", "display_name", "error_message", "head_commit", "hidden_at"]),
        ("agent", "id", ["mode", "model", "system_prompt", "is_default"]),
        ("credential", "id", ["name", "revision"]),
        ("turn", "id", ["state"]),
        ("approval", "id", ["state"]),
        ("approval_rule", "id", ["pattern"]),
    ]

    /// Which event tells of a table's change, and the member that names the row.
    private static let events: [String: (table: String, member: String)] = [
        "session_updated": ("session", "sessionId"), "workspace_updated": ("workspace", "workspaceId"),
        "agent_updated": ("agent", "agentId"), "credential_updated": ("credential", "credentialId"),
        "turn_updated": ("turn", "turnId"), "approval_updated": ("approval", "approvalId"),
        "job_completed": ("job", "jobId"), "approval_rule_updated": ("approval_rule", "ruleId"),
    ]

    static func install(in store: Store) async throws {
        try await store.write { transaction in
            try transaction.connection.executeScript(
                "CREATE TABLE audit (n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, what TEXT NOT NULL);"
            )
            func note(_ name: String, _ when: String, _ kind: String, _ what: String) throws {
                try transaction.connection.executeScript(
                    "CREATE TRIGGER audit_\(name) \(when) BEGIN INSERT INTO audit (kind, what) VALUES (\(kind), \(what)); END;"
                )
            }
            for (table, id, columns) in watched {
                let changed = columns.map { "OLD.\($0) IS NOT NEW.\($0)" }.joined(separator: " OR ")
                try note("\(table)_new", "AFTER INSERT ON \(table)", "'\(table)'", "NEW.\(id)")
                try note("\(table)_set", "AFTER UPDATE ON \(table) WHEN \(changed)", "'\(table)'", "NEW.\(id)")
            }
            for table in ["session", "workspace", "agent", "credential", "approval_rule"] {
                try note("\(table)_gone", "AFTER DELETE ON \(table)", "'\(table)'", "OLD.id")
            }
            try note(
                "job_end",
                "AFTER UPDATE ON job WHEN OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL",
                "'job'",
                "NEW.id"
            )
            try note("event", "AFTER INSERT ON event", "'event ' || NEW.type", "NEW.content")
        }
    }

    /// What changed without an event, and the events without a change, in the order of their happening.
    static func findings(in store: Store) async throws -> [String] {
        let notes: [(kind: String, what: String)] = try await store.read { reader in
            try reader.connection.fetch("SELECT kind, what FROM audit ORDER BY n") { (try $0[0], try $0[1]) }
        }
        var findings: [String] = []
        var untold: Set<String> = []
        for note in notes {
            guard note.kind.hasPrefix("event ") else {
                untold.insert("\(note.kind) \(note.what)")
                continue
            }
            let type = String(note.kind.dropFirst(6))
            let data = try JSONValue(parsing: Array(note.what.utf8))
            guard let (table, member) = events[type], let id = data[member]?.stringValue else {
                findings.append("an event of no kind known: \(type)")
                continue
            }
            if untold.remove("\(table) \(id)") == nil { findings.append("nothing changed: \(type) \(note.what)") }
        }
        return findings + untold.sorted().map { "no event: \($0)" }
    }
}
