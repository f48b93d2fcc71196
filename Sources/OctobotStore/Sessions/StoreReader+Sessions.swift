package import OctobotModel
import SQLDatabase

// Deleted sessions whose work is kept are rows with `kept_at`; only the functions of StoreReader+Kept see them.
extension StoreReader {
    /// A session of a project; in any project for `nil`.
    package func session(_ id: SessionID, in project: ProjectID?) throws -> Session? {
        guard let project else {
            return try connection.fetchOne("\(Session.select) WHERE id = $1 AND kept_at IS NULL", id, as: Session.init)
        }
        return try connection.fetchOne(
            "\(Session.select) WHERE id = $1 AND project_id = $2 AND kept_at IS NULL",
            id,
            project,
            as: Session.init
        )
    }

    /// A project's sessions, or those of one of its workspaces, newest first.
    package func sessions(
        in project: ProjectID,
        workspace: WorkspaceID?,
        page: PageRequest
    ) throws -> Listing<Session> {
        var query = ListQuery(
            name: "sessions",
            select: Session.select,
            condition: "project_id = $1 AND kept_at IS NULL",
            arguments: [project],
            isNewestFirst: true,
            read: Session.init,
            place: { ($0.createdAt.milliseconds, $0.id.rawValue) }
        )
        if let workspace {
            query.condition = "workspace_id = $1 AND project_id = $2 AND kept_at IS NULL"
            query.arguments = [workspace, project]
        }
        return try list(query, page: page)
    }

    /// Every session in one of these states, oldest first.
    package func sessions(withStatus statuses: Set<SessionStatus>) throws -> [Session] {
        try connection.fetch(
            """
            \(Session.select) WHERE status IN \(placeholders(statuses.count, from: 1)) AND kept_at IS NULL
            ORDER BY created_at, id
            """,
            arguments: statuses.ordered,
            as: Session.init
        )
    }

    /// Every session whose commit is in one of these states, oldest first.
    package func sessions(withCommitStatus statuses: Set<CommitStatus>) throws -> [Session] {
        try connection.fetch(
            """
            \(Session.select) WHERE commit_status IN \(placeholders(statuses.count, from: 1)) AND kept_at IS NULL
            ORDER BY created_at, id
            """,
            arguments: statuses.ordered,
            as: Session.init
        )
    }

    /// Whether a provider has a session, be it one that is only kept.
    package func hasSessions(provider: String) throws -> Bool {
        try connection.fetchOne("SELECT 1 FROM session WHERE provider = $1 LIMIT 1", provider) { _ in true } ?? false
    }

    /// Whether an id is in use, also by a session that is only kept.
    package func isSessionIDTaken(_ id: SessionID) throws -> Bool {
        try connection.fetchOne("SELECT 1 FROM session WHERE id = $1", id) { _ in true } ?? false
    }

    /// The project of the session that has this id but for the case of its letters.
    ///
    /// Host names do not tell these apart (RFC 4343). Of several projects it is `project`, if that has one.
    package func projectOfSession(ignoringCase id: SessionID, preferring project: ProjectID) throws -> ProjectID? {
        try connection.fetchOne(
            "SELECT project_id FROM session WHERE lower(id) = lower($1) ORDER BY project_id <> $2 LIMIT 1",
            id,
            project
        ) { try $0[0] }
    }

    /// What a session's sandbox secret is derived with (decision 26).
    package func secretNonce(_ id: SessionID) throws -> String? {
        try connection.fetchOne("SELECT secret_nonce FROM session WHERE id = $1", id) { try $0[0] }
    }

    /// When a session was last used by a person, as far as that was written down.
    package func lastActivity(_ id: SessionID) throws -> Timestamp? {
        try connection.fetchOne("SELECT last_activity_at FROM session WHERE id = $1", id) { try $0[0] }
    }

    /// The sessions that are `ready` or `running`, and when each was last used, the longest unused first.
    package func sessionsUpLongestUnusedFirst() throws -> [(id: SessionID, lastActivity: Timestamp)] {
        try connection.fetch(
            """
            SELECT id, last_activity_at FROM session WHERE status IN ('ready', 'running') AND kept_at IS NULL
            ORDER BY last_activity_at, id
            """
        ) { (try $0[0], try $0[1]) }
    }

    /// Up to three sessions of an agent that are `ready` or `running`, the one used last first.
    package func liveSessions(of agent: AgentID) throws -> [Session] {
        try connection.fetch(
            """
            \(Session.select) WHERE agent_id = $1 AND status IN ('ready', 'running') AND kept_at IS NULL
            ORDER BY last_activity_at DESC, id LIMIT 3
            """,
            agent,
            as: Session.init
        )
    }

    /// Whether anything was ever asked in a session.
    package func hasTurns(session id: SessionID) throws -> Bool {
        try connection.fetchOne("SELECT 1 FROM turn WHERE session_id = $1 LIMIT 1", id) { _ in true } ?? false
    }
}
