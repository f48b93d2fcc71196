import OctobotModel
import SQLDatabase

/// One step of the schema: literal SQL that never changes after its release.
struct Migration: Sendable {
    var number: Int
    var name: String
    var sql: String

    /// Applies the step unless it was applied before.
    func apply(to connection: SQLConnection) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migration (
                number INTEGER PRIMARY KEY NOT NULL,
                name TEXT NOT NULL,
                applied_at BIGINT NOT NULL
            )
            """
        )
        let isApplied = try connection.fetchOne("SELECT 1 FROM schema_migration WHERE number = $1", number) { _ in true
        }
        if isApplied == true { return }
        try connection.executeScript(sql)
        try connection.execute(
            "INSERT INTO schema_migration (number, name, applied_at) VALUES ($1, $2, $3)",
            number,
            name,
            Timestamp.now
        )
    }
}

/// The schema's steps in order; each runs in a transaction of its own.
enum Migrations {
    static let all = [
        Migration(number: 1, name: "first tables", sql: FirstTables.sql),
        Migration(number: 2, name: "installation and idleness", sql: installation),
        Migration(number: 3, name: "credentials", sql: credentials),
        Migration(number: 4, name: "agent settings", sql: agentSettings),
        Migration(number: 5, name: "permission modes", sql: permissionModes),
        Migration(number: 6, name: "approval rules", sql: approvalRules),
        Migration(number: 7, name: "evidence and usage", sql: evidence),
        Migration(number: 8, name: "agent profiles", sql: agentProfiles),
    ]

    /// Migration 2.
    private static let installation = """
        CREATE TABLE installation (
            id TEXT PRIMARY KEY NOT NULL,
            created_at BIGINT NOT NULL
        );
        CREATE TABLE orphan (
            session_id TEXT PRIMARY KEY NOT NULL,
            provider TEXT NOT NULL CHECK (provider <> ''),
            kept_until BIGINT NOT NULL
        );
        CREATE INDEX orphan_expiry ON orphan (kept_until);
        CREATE INDEX session_provider ON session (provider);
        ALTER TABLE session RENAME COLUMN active_at TO last_activity_at;
        CREATE INDEX session_idle ON session (last_activity_at)
            WHERE status IN ('ready', 'running');

        """

    /// Migration 3.
    private static let credentials = """
        ALTER TABLE credential ADD COLUMN expires_at BIGINT;
        ALTER TABLE credential ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
        CREATE TABLE installation_secret (
            name TEXT PRIMARY KEY NOT NULL,
            sealed BLOB NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        );

        """

    /// Migration 4.
    private static let agentSettings = """
        ALTER TABLE agent ADD COLUMN mode TEXT;
        ALTER TABLE agent ADD COLUMN model TEXT;
        ALTER TABLE agent ADD COLUMN system_prompt TEXT;
        ALTER TABLE agent_mcp_server ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE agent_model_list (
            agent_id TEXT PRIMARY KEY NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
            models TEXT NOT NULL,
            updated_at BIGINT NOT NULL
        );

        """

    /// Migration 5: a column's check cannot be changed in place.
    private static let permissionModes = """
        ALTER TABLE session ADD COLUMN approval_mode TEXT NOT NULL DEFAULT 'ask'
            CHECK (approval_mode IN ('ask', 'auto', 'edits', 'plan'));
        UPDATE session SET approval_mode = permission_mode;
        ALTER TABLE session DROP COLUMN permission_mode;
        ALTER TABLE session RENAME COLUMN approval_mode TO permission_mode;

        """

    /// Migration 6.
    private static let approvalRules = """
        ALTER TABLE approval ADD COLUMN subject TEXT;
        ALTER TABLE approval ADD COLUMN rule_id TEXT;
        CREATE TABLE approval_rule (
            id TEXT PRIMARY KEY NOT NULL,
            project_id TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            scope TEXT NOT NULL CHECK (scope IN ('turn', 'session', 'project')),
            session_id TEXT REFERENCES session (id) ON DELETE CASCADE,
            turn_id TEXT REFERENCES turn (id) ON DELETE CASCADE,
            effect TEXT NOT NULL CHECK (effect IN ('allow', 'deny')),
            tool TEXT NOT NULL CHECK (tool <> ''),
            pattern TEXT CHECK (pattern <> ''),
            created_by TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT,
            CHECK ((scope = 'project') = (session_id IS NULL)),
            CHECK ((scope = 'turn') = (turn_id IS NOT NULL))
        );
        CREATE INDEX approval_rule_list ON approval_rule (project_id, created_at, id);
        CREATE INDEX approval_rule_session ON approval_rule (session_id) WHERE session_id IS NOT NULL;
        CREATE INDEX approval_rule_turn ON approval_rule (turn_id) WHERE turn_id IS NOT NULL;
        CREATE INDEX approval_rule_expiry ON approval_rule (expires_at) WHERE expires_at IS NOT NULL;

        """

    /// Migration 7.
    ///
    /// What a turn used outlives it, so that a project's sums stay true when sessions go.
    private static let evidence = """
        ALTER TABLE session ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE session ADD COLUMN cause TEXT NOT NULL DEFAULT '{"kind":"unknown"}';
        UPDATE session SET since = updated_at;
        ALTER TABLE turn ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE turn ADD COLUMN cause TEXT NOT NULL DEFAULT '{"kind":"unknown"}';
        UPDATE turn SET since = COALESCE(ended_at, started_at, created_at);
        CREATE TABLE turn_usage (
            turn_id TEXT PRIMARY KEY NOT NULL,
            session_id TEXT NOT NULL,
            project_id TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            model TEXT,
            input_tokens BIGINT NOT NULL DEFAULT 0 CHECK (input_tokens >= 0),
            output_tokens BIGINT NOT NULL DEFAULT 0 CHECK (output_tokens >= 0),
            cached_tokens BIGINT NOT NULL DEFAULT 0 CHECK (cached_tokens >= 0),
            context_used BIGINT,
            context_size BIGINT,
            cost DOUBLE PRECISION,
            currency TEXT,
            session_cost DOUBLE PRECISION,
            created_at BIGINT NOT NULL,
            CHECK ((cost IS NULL) = (currency IS NULL))
        );
        CREATE INDEX turn_usage_session ON turn_usage (session_id, created_at);
        CREATE INDEX turn_usage_project ON turn_usage (project_id);

        """

    /// Migration 8.
    private static let agentProfiles = """
        ALTER TABLE agent_model_list ADD COLUMN profile TEXT;

        """

    /// The newest schema this build knows.
    static var newest: Int { all.map(\.number).max() ?? 0 }

    /// The newest step applied to a database; 0 for an empty one.
    static func version(of connection: SQLConnection) throws -> Int {
        let exists = try connection.fetchOne(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration'"
        ) { _ in true }
        guard exists == true else { return 0 }
        return try connection.fetchOne("SELECT COALESCE(MAX(number), 0) FROM schema_migration") { try $0[0] } ?? 0
    }
}
