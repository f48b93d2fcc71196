/// Migration 1. Times are milliseconds since 1970 UTC, booleans 0 or 1, JSON is text.
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

    private static let conversations = """
        CREATE TABLE session (
            id TEXT PRIMARY KEY NOT NULL,
            project_id TEXT NOT NULL REFERENCES project (id),
            workspace_id TEXT NOT NULL REFERENCES workspace (id),
            agent_id TEXT REFERENCES agent (id) ON DELETE SET NULL,
            name TEXT NOT NULL,
            display_name TEXT,
            status TEXT NOT NULL CHECK (status IN (
                'initializing', 'reinitializing', 'cloning', 'pulling_image', 'creating_sandbox', 'ready', 'running',
                'stopped', 'error', 'removing', 'removed')),
            error_message TEXT,
            commit_status TEXT CHECK (commit_status IN ('pending', 'committing', 'completed', 'failed')),
            commit_error TEXT,
            commit_outcome TEXT,
            base_commit TEXT,
            applied_commit TEXT,
            model TEXT,
            reasoning TEXT CHECK (reasoning IN ('enabled', 'disabled')),
            permission_mode TEXT NOT NULL CHECK (permission_mode IN ('ask', 'auto')),
            provider TEXT NOT NULL CHECK (provider <> ''),
            isolation_notes TEXT NOT NULL DEFAULT '[]',
            workspace_path TEXT,
            workspace_commit TEXT,
            workspace_dirty INTEGER CHECK (workspace_dirty IN (0, 1)),
            secret_nonce TEXT NOT NULL,
            active_at BIGINT NOT NULL,
            kept_at BIGINT,
            kept_until BIGINT,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            CHECK ((kept_at IS NULL) = (kept_until IS NULL)),
            CHECK ((kept_at IS NULL) = (status <> 'removed'))
        );
        CREATE INDEX session_list ON session (project_id, created_at, id);
        CREATE INDEX session_workspace_list ON session (workspace_id, created_at, id);
        CREATE INDEX session_agent ON session (agent_id);
        CREATE INDEX session_status ON session (status);
        CREATE INDEX session_commit_status ON session (commit_status) WHERE commit_status IS NOT NULL;
        CREATE INDEX session_kept ON session (kept_until) WHERE kept_until IS NOT NULL;
        CREATE TABLE commit_intent (
            session_id TEXT PRIMARY KEY NOT NULL REFERENCES session (id) ON DELETE CASCADE,
            content TEXT NOT NULL,
            created_at BIGINT NOT NULL
        );
        CREATE TABLE turn (
            id TEXT PRIMARY KEY NOT NULL,
            session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
            message_id TEXT NOT NULL,
            content_hash TEXT NOT NULL,
            prompt_position BIGINT NOT NULL,
            state TEXT NOT NULL CHECK (state IN (
                'queued', 'delivering', 'running', 'completed', 'failed', 'cancelled', 'unknown')),
            reason TEXT,
            model TEXT,
            reasoning TEXT CHECK (reasoning IN ('enabled', 'disabled')),
            last_chunk INTEGER NOT NULL DEFAULT 0 CHECK (last_chunk >= 0),
            is_cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (is_cancel_requested IN (0, 1)),
            created_at BIGINT NOT NULL,
            started_at BIGINT,
            ended_at BIGINT,
            UNIQUE (session_id, message_id),
            UNIQUE (session_id, prompt_position),
            CHECK ((state IN ('completed', 'failed', 'cancelled', 'unknown')) = (ended_at IS NOT NULL))
        );
        CREATE INDEX turn_active ON turn (session_id, prompt_position)
            WHERE state IN ('queued', 'delivering', 'running');
        CREATE UNIQUE INDEX turn_with_agent ON turn (session_id) WHERE state IN ('delivering', 'running');
        CREATE TABLE message (
            session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
            position BIGINT NOT NULL,
            id TEXT NOT NULL,
            turn_id TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'system')),
            content TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            PRIMARY KEY (session_id, position)
        );
        CREATE INDEX message_id ON message (session_id, id);
        CREATE INDEX message_turn ON message (turn_id);
        CREATE TABLE approval (
            id TEXT PRIMARY KEY NOT NULL,
            project_id TEXT NOT NULL REFERENCES project (id),
            session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
            turn_id TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
            tool_call_id TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('permission', 'question')),
            state TEXT NOT NULL CHECK (state IN ('pending', 'answered', 'expired')),
            questions TEXT NOT NULL,
            answers TEXT,
            answered_by TEXT,
            answered_at BIGINT,
            is_delivered INTEGER NOT NULL DEFAULT 0 CHECK (is_delivered IN (0, 1)),
            created_at BIGINT NOT NULL,
            CHECK (state <> 'answered' OR (answers IS NOT NULL AND answered_at IS NOT NULL))
        );
        CREATE INDEX approval_list ON approval (project_id, created_at, id);
        CREATE INDEX approval_state_list ON approval (project_id, state, created_at, id);
        CREATE INDEX approval_session_list ON approval (session_id, created_at, id);
        CREATE INDEX approval_turn ON approval (turn_id);

        """

    private static let logs = """
        CREATE TABLE chat_log (
            session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
            position BIGINT NOT NULL,
            kind TEXT NOT NULL,
            turn_id TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
            n INTEGER,
            content BLOB NOT NULL,
            payload_size INTEGER,
            created_at BIGINT NOT NULL,
            PRIMARY KEY (session_id, position),
            UNIQUE (turn_id, n),
            CHECK ((n IS NULL) = (payload_size IS NULL))
        );
        CREATE TABLE event_log (
            project_id TEXT PRIMARY KEY NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            head BIGINT NOT NULL,
            tail BIGINT NOT NULL DEFAULT 0,
            CHECK (tail <= head)
        );
        CREATE TABLE event (
            project_id TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            seq BIGINT NOT NULL,
            id TEXT NOT NULL UNIQUE,
            type TEXT NOT NULL,
            content TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            PRIMARY KEY (project_id, seq)
        );
        CREATE INDEX event_time ON event (project_id, created_at, seq);

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
