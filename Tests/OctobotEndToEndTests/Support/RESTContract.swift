/// What rest-api.md says an endpoint answers: its success and the errors listed for it, those of §26.2 in place of the original's.
///
/// Left out are failures of machines (500, 502, 503, 507) but for the one a stand-in shows, 403 and 413 of files, which
/// FileTests show, and what needs a second person: an invitation that is accepted (200) or too old (410), a member that goes
/// (200), which the services' tests show. A terminal's 101 is TerminalTests'. A provider that says
/// `slow_down` is 202 (A5).
enum RESTContract {
    static let statuses: [String: Set<Int>] = Dictionary(
        uniqueKeysWithValues: table.split(separator: "\n").map { line in
            let words = line.split(separator: " ").map(String.init)
            return (words[0] + " " + words[1], Set(words.dropFirst(2).compactMap { Int($0) }))
        }
    )

    private static let table = """
        GET /health 200
        GET /api/status 200
        GET /api/server-config 200
        GET /api/support-info 200
        POST /auth/logout 200
        GET /auth/me 200
        GET /api/preferences 200
        PUT /api/preferences 200 400
        GET /api/preferences/{key} 200 404
        PUT /api/preferences/{key} 200 400
        DELETE /api/preferences/{key} 200 404
        GET /api/projects 200
        POST /api/projects 201 400
        GET P 200 403
        PUT P 200 400 403
        DELETE P 200 403 409
        GET P/members 200 403
        DELETE P/members/{userId} 403 404
        POST P/invitations 201 400 403 409
        POST P/invitations/{token}/accept 404 409
        GET P/cache 200 403
        DELETE P/cache 200 403
        GET P/events 200 403
        GET P/workspaces/providers 200 403
        GET P/workspaces/providers/{provider} 200 403 404
        GET P/workspaces 200 403
        POST P/workspaces 201 400 403
        GET P/workspaces/{workspaceId} 200 403 404
        PUT P/workspaces/{workspaceId} 200 400 403 404
        DELETE P/workspaces/{workspaceId} 200 403 404
        GET P/workspaces/{workspaceId}/sessions 200 403
        GET P/workspaces/{workspaceId}/git/status 200 403 404
        POST P/workspaces/{workspaceId}/git/fetch 200 403 404
        POST P/workspaces/{workspaceId}/git/checkout 200 400 403 404 409 422
        GET P/workspaces/{workspaceId}/git/branches 200 403 404
        GET P/workspaces/{workspaceId}/git/diff 200 403 404 422
        GET P/workspaces/{workspaceId}/git/files 200 403 404 422
        GET P/workspaces/{workspaceId}/git/file 200 400 403 404
        POST P/workspaces/{workspaceId}/git/file 200 400 403 404
        POST P/workspaces/{workspaceId}/git/stage 200 403 404
        POST P/workspaces/{workspaceId}/git/commit 201 400 403 404 409
        GET P/workspaces/{workspaceId}/git/log 200 403 404 422
        GET P/sessions/{sessionId} 200 403 404
        PUT P/sessions/{sessionId} 200 400 403 404
        PATCH P/sessions/{sessionId} 200 400 403 404
        DELETE P/sessions/{sessionId} 200 403 404
        POST P/sessions/{sessionId}/commit 200 403 404 409
        GET P/sessions/{sessionId}/messages 200 403 404
        GET P/sessions/{sessionId}/files 200 400 403 404
        GET P/sessions/{sessionId}/files/read 200 400 403 404
        PUT P/sessions/{sessionId}/files/write 200 400 403 404 409
        POST P/sessions/{sessionId}/files/delete 200 400 403 404
        POST P/sessions/{sessionId}/files/rename 200 400 403 404
        GET P/sessions/{sessionId}/diff 200 400 403 404
        GET P/sessions/{sessionId}/terminal/ws 400
        GET P/sessions/{sessionId}/terminal/history 200 403 404
        GET P/sessions/{sessionId}/terminal/status 200 403 404
        GET P/agents 200 403
        POST P/agents 201 400 403
        GET P/agents/types 200 403
        GET P/agents/auth-providers 200 403
        POST P/agents/default 200 400 403 404
        GET P/agents/{agentId} 200 403 404
        PUT P/agents/{agentId} 200 403 404
        DELETE P/agents/{agentId} 200 403 404
        GET P/credentials 200 403
        POST P/credentials 200 400 403
        GET P/credentials/{provider} 200 403 404
        DELETE P/credentials/{provider} 200 403
        POST P/credentials/{provider}/refresh 200 403 404 409
        POST P/credentials/anthropic/authorize 200 403
        POST P/credentials/anthropic/exchange 200 400 403
        POST P/credentials/github-copilot/device-code 200 403 502
        POST P/credentials/github-copilot/poll 200 202 400 403 410
        POST P/credentials/codex/authorize 200 400 403
        POST P/credentials/codex/exchange 200 400 403
        POST P/chat 200 400 403 404 409
        GET P/chat/{sessionId}/stream 200 204 403
        POST P/chat/{sessionId}/cancel 200 403 404 409
        GET P/chat/{sessionId}/question 200 403 404
        POST P/chat/{sessionId}/answer 200 400 403 404
        """
}
