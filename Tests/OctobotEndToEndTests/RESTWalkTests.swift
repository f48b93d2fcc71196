import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// Every core endpoint of the REST contract (rest-api.md §25), in its success and in the errors listed for it.
@Suite("every core endpoint, its success and its errors", .serialized, .timeLimit(.minutes(4)))
struct RESTWalkTests {
    @Test("answers as the contract says")
    func walk() async throws {
        try await StandInProvider.run { provider in
            try await withDaemon(["OCTOBOT_PROVIDER_STAND_IN": provider.url]) { daemon in
                let walk = RESTWalk(Browser(base: try await daemon.gateway()))
                let repository = try await ScratchRepository(in: daemon.folder)
                try await plain(walk)
                try await projects(walk)
                try await agents(walk)
                try await credentials(walk, provider)
                let workspace = try await workspaces(walk, repository, daemon)
                try await git(walk, workspace, repository)
                let session = try await chat(walk, workspace, daemon)
                try await files(walk, session)
                try await sessions(walk, session, workspace)
                let core = RESTIndex.rows.filter { $0.isCore && !RESTIndex.awaited.contains($0.name) }
                for row in core.map(Self.short) where RESTContract.statuses[row]?.contains(403) == true {
                    let values = ["projectId": "elsewhere", "userId": "x"]
                    let query = row.hasPrefix("GET") && row.hasSuffix("file") || row.hasSuffix("read") ? "?path=x" : ""
                    try await walk.ask(row, 403, values, query: query, sending: Self.wholeBodies[row])
                }
                #expect(Set(RESTContract.statuses.keys) == Set(core.map(Self.short)))
                for (row, statuses) in RESTContract.statuses {
                    let missing = statuses.subtracting(walk.met[row] ?? [])
                    #expect(missing.isEmpty, "\(row) has not answered \(missing.sorted())")
                }
            }
        }
    }

    private static func short(_ row: RESTIndex.Row) -> String {
        row.name.replacing("/api/projects/{projectId}", with: "P")
    }

    /// Bodies that are whole, so that access is what is refused.
    private static let wholeBodies: [String: JSONValue] = [
        "PUT P": ["name": "x"], "POST P/invitations": ["email": "a@example.org"],
        "POST P/workspaces": ["path": "/nowhere"], "POST P/agents": ["agentType": "demo"],
        "POST P/agents/default": ["agentId": "x"], "POST P/workspaces/{workspaceId}/git/checkout": ["ref": "x"],
        "POST P/workspaces/{workspaceId}/git/file": ["path": "x", "content": "x"],
        "POST P/workspaces/{workspaceId}/git/commit": ["message": "x"],
        "PUT P/sessions/{sessionId}/files/write": ["path": "x", "content": "x"],
        "POST P/sessions/{sessionId}/files/delete": ["path": "x"],
        "POST P/sessions/{sessionId}/files/rename": ["oldPath": "x", "newPath": "y"],
        "POST P/credentials": ["provider": "openai", "apiKey": "x"],
        "POST P/credentials/anthropic/exchange": ["code": "x", "verifier": "y"],
        "POST P/credentials/github-copilot/poll": ["deviceCode": "x"],
        "POST P/credentials/codex/exchange": ["code": "x", "verifier": "y"],
        "POST P/chat/{sessionId}/answer": ["toolUseID": "x", "answers": [:]],
        "POST P/chat": [
            "id": "x",
            "messages": [["id": "m", "role": "user", "parts": [["type": "text", "text": "x"]]]],
        ],
        "PUT P/workspaces/{workspaceId}": ["displayName": "x"], "PUT P/sessions/{sessionId}": ["name": "x"],
        "PATCH P/sessions/{sessionId}": ["name": "x"], "POST P/workspaces/{workspaceId}/git/stage": ["paths": []],
    ]

    // MARK: Groups

    private func plain(_ walk: RESTWalk) async throws {
        for path in ["/health", "/api/status", "/api/server-config", "/api/support-info", "/auth/me"] {
            try await walk.ask("GET \(path)", 200)
        }
        try await walk.ask("POST /auth/logout", 200)
        let key = ["key": "theme.x"]
        try await walk.ask("GET /api/preferences/{key}", 404, key)
        try await walk.ask("DELETE /api/preferences/{key}", 404, key)
        try await walk.ask("PUT /api/preferences/{key}", 400, key, sending: ["value": 1])
        let set = try await walk.ask("PUT /api/preferences/{key}", 200, key, sending: ["value": "dark"])
        #expect(set["key"] == "theme.x" && set["value"] == "dark")
        let got = try await walk.ask("GET /api/preferences/{key}", 200, key)
        #expect(got == set)
        try await walk.ask("PUT /api/preferences", 400, sending: ["preferences": ["a": 1]])
        let all = try await walk.ask("PUT /api/preferences", 200, sending: ["preferences": ["a": "1", "b": ""]])
        #expect(all["preferences"]?.arrayValue?.map { $0["key"] } == ["a", "b"])
        let list = try await walk.ask("GET /api/preferences", 200)
        #expect(list["preferences"]?.arrayValue?.map { $0["key"] } == ["a", "b", "theme.x"])
        #expect(try await walk.ask("DELETE /api/preferences/{key}", 200, key) == ["success": true])
        try await walk.follow("GET P/events", 200) { $0.event == "connected" }
    }

    private func projects(_ walk: RESTWalk) async throws {
        try await walk.ask("POST /api/projects", 400, sending: ["name": ""])
        let made = try await walk.ask("POST /api/projects", 201, sending: ["name": "Second one"])
        let second = ["projectId": made["id"]?.stringValue ?? ""]
        #expect(try await walk.ask("GET /api/projects", 200).arrayValue?.contains(made) == true)
        #expect(try await walk.ask("GET P", 200, second) == made)
        try await walk.ask("PUT P", 400, second, sending: ["name": ""])
        let renamed = try await walk.ask("PUT P", 200, second, sending: ["name": "Other"])
        #expect(renamed["name"] == "Other" && renamed["slug"] == made["slug"])

        let members = try await walk.ask("GET P/members", 200)
        let owner = members.arrayValue?.first?["userId"]?.stringValue ?? ""
        try await walk.ask("DELETE P/members/{userId}", 403, ["userId": owner])
        try await walk.ask("DELETE P/members/{userId}", 404, ["userId": "nobody"])
        try await walk.ask("POST P/invitations", 400, sending: ["email": "none"])
        let invited = try await walk.ask("POST P/invitations", 201, sending: ["email": "anonymous@local"])
        try await walk.ask("POST P/invitations", 409, sending: ["email": "anonymous@local"])
        let token = ["token": invited["token"]?.stringValue ?? ""]
        try await walk.ask("POST P/invitations/{token}/accept", 409, token)
        try await walk.ask("POST P/invitations/{token}/accept", 404, ["token": String(repeating: "0", count: 64)])

        #expect(try await walk.ask("GET P/cache", 200) == ["volumes": []])
        #expect(try await walk.ask("DELETE P/cache", 200) == ["success": true])
        try await walk.ask("DELETE P", 409)
        #expect(try await walk.ask("DELETE P", 200, second) == ["success": true])
        try await walk.ask("GET P", 403, second)
    }

    private func agents(_ walk: RESTWalk) async throws {
        try await walk.ask("GET P/agents/types", 200)
        try await walk.ask("GET P/agents/auth-providers", 200)
        try await walk.ask("POST P/agents", 400, sending: ["agentType": "none"])
        let first = try await walk.ask("POST P/agents", 201, sending: ["agentType": "demo"])
        #expect(first["isDefault"] == true)
        let second = try await walk.ask("POST P/agents", 201, sending: ["agentType": "demo"])
        let id = second["id"] ?? .null
        let agent = ["agentId": id.stringValue ?? ""]
        let none = ["agentId": "none"]
        try await walk.ask("POST P/agents/default", 400, sending: [:])
        try await walk.ask("POST P/agents/default", 404, sending: ["agentId": "none"])
        #expect(try await walk.ask("POST P/agents/default", 200, sending: ["agentId": id])["success"] == true)
        #expect(try await walk.ask("GET P/agents/{agentId}", 200, agent)["isDefault"] == true)
        try await walk.ask("GET P/agents/{agentId}", 404, none)
        try await walk.ask("PUT P/agents/{agentId}", 200, agent, sending: [:])
        try await walk.ask("PUT P/agents/{agentId}", 404, none, sending: [:])
        #expect(try await walk.ask("GET P/agents", 200)["agents"]?.arrayValue?.count == 2)
        #expect(try await walk.ask("DELETE P/agents/{agentId}", 200, agent) == ["success": true])
        try await walk.ask("DELETE P/agents/{agentId}", 404, agent)
    }

    private func credentials(_ walk: RESTWalk, _ provider: StandInProvider) async throws {
        let openai = ["provider": "openai"]
        try await walk.ask("POST P/credentials", 400, sending: ["provider": "openai"])
        try await walk.ask("GET P/credentials/{provider}", 404, openai)
        let made = try await walk.ask("POST P/credentials", 200, sending: ["provider": "openai", "apiKey": "sk-x"])
        #expect(try await walk.ask("GET P/credentials/{provider}", 200, openai) == made)
        #expect(try await walk.ask("GET P/credentials", 200) == ["credentials": [made]])
        try await walk.ask("POST P/credentials/{provider}/refresh", 409, openai)
        try await walk.ask("POST P/credentials/{provider}/refresh", 404, ["provider": "anthropic"])
        #expect(try await walk.ask("DELETE P/credentials/{provider}", 200, openai) == ["status": "deleted"])

        try await walk.ask("POST P/credentials/anthropic/exchange", 400, sending: [:])
        let begun = try await walk.ask("POST P/credentials/anthropic/authorize", 200)
        let (code, state) = try provider.agree(to: begun["url"]?.stringValue ?? "")
        let exchange: JSONValue = ["code": .string("\(code)#\(state)"), "verifier": begun["verifier"] ?? .null]
        #expect(try await walk.ask("POST P/credentials/anthropic/exchange", 200, sending: exchange)["success"] == true)
        let fresh = try await walk.ask("POST P/credentials/{provider}/refresh", 200, ["provider": "anthropic"])
        #expect(fresh["success"] == true && fresh["expiresAt"]?.stringValue != nil)

        let poll = "POST P/credentials/github-copilot/poll"
        try await walk.ask(poll, 400, sending: [:])
        try await walk.ask(poll, 410, sending: ["deviceCode": "none"])
        for (outcome, status) in [(.denied, 403), (.slowDown, 202), (nil, 202), (.approved, 200)]
            as [(StandInProvider.Outcome?, Int)]
        {
            let device = try await walk.ask("POST P/credentials/github-copilot/device-code", 200, sending: [:])
            let deviceCode = device["deviceCode"]?.stringValue ?? ""
            if let outcome { provider.settle(deviceCode, outcome) }
            try await walk.ask(poll, status, sending: ["deviceCode": .string(deviceCode)])
        }

        let listener = try LoopbackListener()
        let callback: JSONValue = .string("http://localhost:\(listener.port)/auth/callback")
        try await walk.ask("POST P/credentials/codex/authorize", 400, sending: ["redirectUri": "http://example.com/"])
        let codex = try await walk.ask("POST P/credentials/codex/authorize", 200, sending: ["redirectUri": callback])
        let (second, _) = try provider.agree(to: codex["url"]?.stringValue ?? "")
        try await walk.ask("POST P/credentials/codex/exchange", 400, sending: ["code": "x"])
        let last: JSONValue = [
            "code": .string(second), "verifier": codex["verifier"] ?? .null, "redirectUri": callback,
        ]
        #expect(try await walk.ask("POST P/credentials/codex/exchange", 200, sending: last)["success"] == true)
        withExtendedLifetime(listener) {}
        provider.fail(.answer(status: 503, body: "away"))
        try await walk.ask("POST P/credentials/github-copilot/device-code", 502, sending: [:])
    }
}
