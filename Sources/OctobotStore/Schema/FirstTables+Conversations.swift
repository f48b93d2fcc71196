extension FirstTables {
    static let conversations = """
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

    static let logs = """
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
}
