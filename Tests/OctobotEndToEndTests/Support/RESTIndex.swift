/// The index of the REST contract (rest-api.md §25): what stock clients may ask for.
enum RESTIndex {
    /// An endpoint of the index.
    struct Row: Sendable {
        var method: String
        /// A template with `{name}` for what comes from the path.
        var path: String
        /// Whether its resource is one the contract calls core.
        var isCore: Bool

        /// Such as `GET /health`.
        var name: String { "\(method) \(path)" }
    }

    /// Every row, in the order of the index; `P` is a project.
    static let rows: [Row] = table.split(separator: "\n").map { line in
        let parts = line.split(separator: " ").map(String.init)
        let path = parts[1].hasPrefix("P") ? "/api/projects/{projectId}" + parts[1].dropFirst() : parts[1]
        return Row(method: parts[0], path: path, isCore: parts[2] == "core")
    }

    /// Core, but of the login of people, which is not built yet.
    static let awaited: Set<String> = ["GET /auth/login/{provider}", "GET /auth/callback/{provider}"]

    private static let table = """
        GET    /health core
        GET    /api/status core
        GET    /api/server-config core
        GET    /api/support-info core
        GET    /api/ui extra
        GET    /api/routes extra
        GET    /auth/login/{provider} core
        GET    /auth/callback/{provider} core
        POST   /auth/logout core
        GET    /auth/me core
        GET    /api/preferences core
        PUT    /api/preferences core
        GET    /api/preferences/{key} core
        PUT    /api/preferences/{key} core
        DELETE /api/preferences/{key} core
        GET    /api/projects core
        POST   /api/projects core
        GET    P core
        PUT    P core
        DELETE P core
        GET    P/members core
        DELETE P/members/{userId} core
        POST   P/invitations core
        POST   P/invitations/{token}/accept core
        GET    P/cache core
        DELETE P/cache core
        GET    P/events core
        GET    P/workspaces/providers core
        GET    P/workspaces/providers/{provider} core
        GET    P/workspaces core
        POST   P/workspaces core
        GET    P/workspaces/{workspaceId} core
        PUT    P/workspaces/{workspaceId} core
        DELETE P/workspaces/{workspaceId} core
        GET    P/workspaces/{workspaceId}/sessions core
        GET    P/workspaces/{workspaceId}/git/status core
        POST   P/workspaces/{workspaceId}/git/fetch core
        POST   P/workspaces/{workspaceId}/git/checkout core
        GET    P/workspaces/{workspaceId}/git/branches core
        GET    P/workspaces/{workspaceId}/git/diff core
        GET    P/workspaces/{workspaceId}/git/files core
        GET    P/workspaces/{workspaceId}/git/file core
        POST   P/workspaces/{workspaceId}/git/file core
        POST   P/workspaces/{workspaceId}/git/stage core
        POST   P/workspaces/{workspaceId}/git/commit core
        GET    P/workspaces/{workspaceId}/git/log core
        GET    P/sessions/{sessionId} core
        PUT    P/sessions/{sessionId} core
        PATCH  P/sessions/{sessionId} core
        DELETE P/sessions/{sessionId} core
        POST   P/sessions/{sessionId}/commit core
        GET    P/sessions/{sessionId}/messages core
        GET    P/sessions/{sessionId}/files core
        GET    P/sessions/{sessionId}/files/read core
        PUT    P/sessions/{sessionId}/files/write core
        POST   P/sessions/{sessionId}/files/delete core
        POST   P/sessions/{sessionId}/files/rename core
        GET    P/sessions/{sessionId}/diff core
        GET    P/sessions/{sessionId}/terminal/ws core
        GET    P/sessions/{sessionId}/terminal/history core
        GET    P/sessions/{sessionId}/terminal/status core
        GET    P/sessions/{sessionId}/hooks/status extra
        GET    P/sessions/{sessionId}/hooks/{hookId}/output extra
        POST   P/sessions/{sessionId}/hooks/{hookId}/rerun extra
        GET    P/sessions/{sessionId}/services extra
        POST   P/sessions/{sessionId}/services/{serviceId}/start extra
        POST   P/sessions/{sessionId}/services/{serviceId}/stop extra
        GET    P/sessions/{sessionId}/services/{serviceId}/output extra
        GET    P/sessions/{sessionId}/models extra
        GET    P/agents core
        POST   P/agents core
        GET    P/agents/types core
        GET    P/agents/auth-providers core
        POST   P/agents/default core
        GET    P/agents/{agentId} core
        PUT    P/agents/{agentId} core
        DELETE P/agents/{agentId} core
        GET    P/agents/{agentId}/models extra
        GET    P/suggestions extra
        GET    P/credentials core
        POST   P/credentials core
        GET    P/credentials/{provider} core
        DELETE P/credentials/{provider} core
        POST   P/credentials/{provider}/refresh core
        POST   P/credentials/anthropic/authorize core
        POST   P/credentials/anthropic/exchange core
        POST   P/credentials/github-copilot/device-code core
        POST   P/credentials/github-copilot/poll core
        POST   P/credentials/codex/authorize core
        POST   P/credentials/codex/exchange core
        POST   P/chat core
        GET    P/chat/{sessionId}/stream core
        POST   P/chat/{sessionId}/cancel core
        GET    P/chat/{sessionId}/question core
        POST   P/chat/{sessionId}/answer core
        """
}
