import Foundation
import JSONText
import OctobotModel
import OctobotServices
import OctobotTestSupport
import SQLDatabase

@testable import OctobotStore

/// A project with one of everything, put into the store without asking a service.
struct Settlement: Sendable {
    let project: ProjectID
    /// The values of the params members that name something of the project.
    let names: [String: String]

    /// Where nothing is.
    static let missing = Settlement("missing", provider: "mistral")

    init(project: ProjectID, names: [String: String]) {
        self.project = project
        self.names = names
    }

    private init(_ name: String, provider: String) {
        project = ProjectID(name)
        names = [
            "workspaceId": name + "-workspace", "agentId": name + "-agent", "sessionId": name + "-session",
            "jobId": name + "-job", "approvalId": name + "-approval", "turnId": name + "-turn",
            "ruleId": name + "-rule",
            "userId": name + "-guest", "invitationId": name + "-invitation", "terminalId": name + "-terminal",
            "serviceId": name + "-service", "hookId": name + "-hook",
            "token": name + "-token", "state": name + "-state", "provider": provider,
        ]
    }

    /// Settles a project whose members have the roles given.
    static func found(
        _ name: String,
        provider: String,
        members: [(UserID, Role)],
        in world: World
    ) async throws -> Settlement {
        let settlement = Settlement(name, provider: provider)
        let path = world.repository.path
        try await world.store.write { transaction in
            let connection = transaction.connection
            try connection.execute(
                "INSERT INTO project (id, name, slug, created_at, updated_at) VALUES ($1, $1, $1, 1, 1)",
                name
            )
            for (user, role) in members + [(UserID(name + "-guest"), .member)] {
                try connection.execute(
                    """
                    INSERT INTO user_account (id, email, name, provider, provider_id, created_at, updated_at)
                    VALUES ($1, $1 || '@example.org', $1, 'test', $1, 1, 1) ON CONFLICT DO NOTHING
                    """,
                    user
                )
                try connection.execute(
                    "INSERT INTO membership (project_id, user_id, role, accepted_at) VALUES ($1, $2, $3, 1)",
                    name,
                    user,
                    role
                )
            }
            for statement in Self.things(name, provider: provider, path: path) {
                try connection.execute(statement)
            }
            for text in ["one", "two"] {
                _ = try transaction.appendEvent(
                    project: settlement.project,
                    type: .workspaceUpdated,
                    data: ["workspaceId": .string(text), "status": "ready"]
                )
            }
        }
        return settlement
    }

    private static func things(_ name: String, provider: String, path: String) -> [String] {
        // Old jobs are deleted soon after a start.
        let recent = Int64(Date().timeIntervalSince1970 * 1000)
        return [
            """
            INSERT INTO invitation (id, project_id, email, role, token_hash, expires_at, created_at)
            VALUES ('\(name)-invitation', '\(name)', 'friend@\(name)', 'member', '\(name)-hash', 9000000000000, 1)
            """,
            """
            INSERT INTO workspace (id, project_id, path, source_type, provider, status, work_dir, mirror_path,
                created_at, updated_at)
            VALUES ('\(name)-workspace', '\(name)', '\(path)', 'local', 'mock', 'ready', '\(path)',
                '\(path)/.git', 1, 1)
            """,
            """
            INSERT INTO agent (id, project_id, agent_type, is_default, created_at, updated_at)
            VALUES ('\(name)-agent', '\(name)', 'demo', 1, 1, 1)
            """,
            """
            INSERT INTO credential (id, project_id, provider, name, auth_type, created_at, updated_at)
            VALUES ('\(name)-credential', '\(name)', '\(provider)', 'A key', 'api_key', 1, 1)
            """,
            """
            INSERT INTO session (id, project_id, workspace_id, agent_id, name, status, permission_mode, provider,
                secret_nonce, last_activity_at, created_at, updated_at)
            VALUES ('\(name)-session', '\(name)', '\(name)-workspace', '\(name)-agent', 'A session', 'stopped',
                'auto', 'mock', 'nonce', 1, 1, 1)
            """,
            """
            INSERT INTO job (id, project_id, type, resource_type, resource_id, payload, status, max_attempts,
                created_at, updated_at, scheduled_at, completed_at)
            VALUES ('\(name)-job', '\(name)', 'workspace_init', 'workspace', '\(name)-workspace', '{}', 'completed', 1,
                \(recent), \(recent), \(recent), \(recent))
            """,
            """
            INSERT INTO turn (id, session_id, message_id, content_hash, prompt_position, state, created_at, ended_at)
            VALUES ('\(name)-turn', '\(name)-session', 'm1', 'hash', 1, 'completed', 1, 1)
            """,
            """
            INSERT INTO approval (id, project_id, session_id, turn_id, tool_call_id, kind, state, questions, created_at)
            VALUES ('\(name)-approval', '\(name)', '\(name)-session', '\(name)-turn', 'c1', 'question', 'pending',
                '[]', 1)
            """,
            """
            INSERT INTO approval_rule (id, project_id, scope, session_id, effect, tool, created_by, created_at)
            VALUES ('\(name)-rule', '\(name)', 'session', '\(name)-session', 'deny', 'Never', 'x', 1)
            """,
        ]
    }

    /// The text with everything that tells this settlement from another taken out.
    func anonymous(_ text: String) -> String {
        var text = text
        for name in names.values.sorted(by: { $0.count > $1.count }) {
            text = text.replacing("\"\(name)\"", with: "\"<name>\"").replacing("'\(name)'", with: "'<name>'")
        }
        return text.replacing("\"\(project)\"", with: "\"<project>\"").replacing("'\(project)'", with: "'<project>'")
    }
}
