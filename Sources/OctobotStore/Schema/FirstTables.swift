/// Migration 1.
///
/// Times are milliseconds since 1970 UTC, booleans 0 or 1, JSON is text.
enum FirstTables {
    static let sql = people + work + conversations + logs + memory

    private static let people = """
        CREATE TABLE user_account (
            id TEXT PRIMARY KEY NOT NULL,
            email TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            avatar_url TEXT,
            provider TEXT NOT NULL,
            provider_id TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            UNIQUE (provider, provider_id)
        );
        CREATE TABLE login_session (
            id TEXT PRIMARY KEY NOT NULL,
            user_id TEXT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
            token_hash TEXT NOT NULL UNIQUE,
            expires_at BIGINT NOT NULL,
            created_at BIGINT NOT NULL
        );
        CREATE INDEX login_session_user ON login_session (user_id);
        CREATE INDEX login_session_expiry ON login_session (expires_at);
        CREATE TABLE access_token (
            id TEXT PRIMARY KEY NOT NULL,
            user_id TEXT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            token_hash TEXT NOT NULL UNIQUE,
            expires_at BIGINT,
            used_at BIGINT,
            created_at BIGINT NOT NULL
        );
        CREATE INDEX access_token_list ON access_token (user_id, created_at, id);
        CREATE TABLE project (
            id TEXT PRIMARY KEY NOT NULL,
            name TEXT NOT NULL,
            slug TEXT NOT NULL UNIQUE,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        );
        CREATE INDEX project_list ON project (created_at, id);
        CREATE TABLE membership (
            project_id TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            user_id TEXT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
            role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'admin', 'owner')),
            invited_by TEXT,
            invited_at BIGINT,
            accepted_at BIGINT,
            PRIMARY KEY (project_id, user_id)
        );
        CREATE INDEX membership_user ON membership (user_id);
        CREATE TABLE invitation (
            id TEXT PRIMARY KEY NOT NULL,
            project_id TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            email TEXT NOT NULL,
            role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'admin', 'owner')),
            invited_by TEXT,
            token_hash TEXT NOT NULL UNIQUE,
            expires_at BIGINT NOT NULL,
            created_at BIGINT NOT NULL,
            UNIQUE (project_id, email)
        );
        CREATE TABLE preference (
            user_id TEXT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            content TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (user_id, name)
        );

        """

    private static let work = """
        CREATE TABLE agent (
            id TEXT PRIMARY KEY NOT NULL,
            project_id TEXT NOT NULL REFERENCES project (id),
            agent_type TEXT NOT NULL,
            command TEXT,
            is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        );
        CREATE INDEX agent_list ON agent (project_id, created_at, id);
        CREATE UNIQUE INDEX agent_default ON agent (project_id) WHERE is_default = 1;
        CREATE TABLE agent_mcp_server (
            agent_id TEXT NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            transport TEXT NOT NULL CHECK (transport IN ('stdio', 'http', 'sse')),
            settings TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (agent_id, name)
        );
        CREATE TABLE credential (
            id TEXT PRIMARY KEY NOT NULL,
            project_id TEXT NOT NULL REFERENCES project (id),
            provider TEXT NOT NULL,
            name TEXT NOT NULL,
            auth_type TEXT NOT NULL CHECK (auth_type IN ('api_key', 'oauth')),
            sealed BLOB,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            UNIQUE (project_id, provider)
        );
        CREATE INDEX credential_list ON credential (project_id, created_at, id);
        CREATE TABLE workspace (
            id TEXT PRIMARY KEY NOT NULL,
            project_id TEXT NOT NULL REFERENCES project (id),
            path TEXT NOT NULL,
            display_name TEXT,
            source_type TEXT NOT NULL CHECK (source_type IN ('local', 'git')),
            provider TEXT NOT NULL CHECK (provider <> ''),
            status TEXT NOT NULL CHECK (status IN ('initializing', 'cloning', 'ready', 'error')),
            error_message TEXT,
            work_dir TEXT,
            head_commit TEXT,
            mirror_path TEXT NOT NULL,
            hidden_at BIGINT,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        );
        CREATE INDEX workspace_list ON workspace (project_id, created_at, id);
        CREATE INDEX workspace_status ON workspace (status);
        CREATE TABLE job (
            id TEXT PRIMARY KEY NOT NULL,
            project_id TEXT NOT NULL REFERENCES project (id),
            type TEXT NOT NULL,
            resource_type TEXT NOT NULL,
            resource_id TEXT NOT NULL,
            payload TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
            priority INTEGER NOT NULL DEFAULT 0,
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            max_attempts INTEGER NOT NULL CHECK (max_attempts >= 1),
            claims INTEGER NOT NULL DEFAULT 0 CHECK (claims >= 0),
            instance TEXT,
            error TEXT,
            reason TEXT,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            scheduled_at BIGINT NOT NULL,
            started_at BIGINT,
            completed_at BIGINT,
            CHECK ((status = 'running') = (instance IS NOT NULL)),
            CHECK ((status IN ('completed', 'failed', 'cancelled')) = (completed_at IS NOT NULL))
        );
        CREATE UNIQUE INDEX job_active ON job (resource_type, resource_id, type)
            WHERE status IN ('pending', 'running');
        CREATE UNIQUE INDEX job_running ON job (resource_type, resource_id) WHERE status = 'running';
        CREATE INDEX job_due ON job (priority DESC, scheduled_at, created_at, id) WHERE status = 'pending';
        CREATE INDEX job_schedule ON job (scheduled_at) WHERE status = 'pending';
        CREATE INDEX job_list ON job (project_id, created_at, id);
        CREATE INDEX job_status_list ON job (project_id, status, created_at, id);
        CREATE INDEX job_done ON job (completed_at) WHERE completed_at IS NOT NULL;

        """

    private static let memory = """
        CREATE TABLE idempotency_key (
            scope TEXT NOT NULL,
            name TEXT NOT NULL,
            params_hash TEXT NOT NULL,
            content TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            PRIMARY KEY (scope, name)
        );
        CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

        """
}
