import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// What an agent is told when its session is opened, from the socket to the program in the sandbox.
@Suite("agent settings", .serialized, .timeLimit(.minutes(3)))
struct AgentSettingsTests {
    /// Notes what opens its session and every mode it is put in, in files of the workspace.
    private static let program = #"""
        answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
        while IFS= read -r line; do
          id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
          case "$line" in
            *'"method":"initialize"'*)
              answer '{"protocolVersion":1,"agentCapabilities":{"mcpCapabilities":{"http":true}}}' ;;
            *'"method":"session/new"'*)
              printf '%s' "$line" > opened.json
              answer '{"sessionId":"s","modes":{"currentModeId":"ask","availableModes":[{"id":"ask","name":"Ask"},{"id":"plan","name":"Plan"}]},"models":{"currentModelId":"small","availableModels":[{"modelId":"small","name":"Small"},{"modelId":"large","name":"Large"}]}}' ;;
            *'"method":"session/set_mode"'*) printf '%s' "$line" > mode.json; answer '{}' ;;
            *'"method":"session/prompt"'*) printf '%s' "$line" > prompt.json; answer '{"stopReason":"end_turn"}' ;;
            *'"id":'*'"method":'*) answer null ;;
          esac
        done
        """#

    private static func noted(_ name: String, _ session: JSONValue, _ peer: RPCPeer) async throws -> JSONValue {
        let file = try await peer.call("file.read", ["sessionId": session, "path": .string(name)])
        return try JSONValue(parsing: Array((file["content"]?.stringValue ?? "").utf8))["params"] ?? .null
    }

    @Test(
        "an MCP server is named to the agent and started by nothing of ours; its secret stands in no row and no answer"
    )
    func servers() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            try repository.write("agent.sh", Self.program)
            try repository.write("server.sh", "touch started\n")
            try await repository.git("add", ".")
            try await repository.git("commit", "-q", "-m", "An agent")
            let peer = try daemon.connect()
            let workspace = try await peer.workspace(of: repository)
            let secret = "sk-canary-\(UUID().uuidString)"
            _ = try await peer.call("credential.set", ["provider": "openai", "apiKey": .string(secret)])
            let made = try await peer.call("agent.create", ["agentType": "custom", "command": ["sh", "agent.sh"]])
            let agent = made["id"] ?? .null
            #expect(made["mcpServers"] == [])
            let servers: JSONValue = [
                ["transport": "stdio", "name": "local", "command": "sh", "args": ["server.sh"]],
                [
                    "transport": "http", "name": "far", "url": "https://mcp.example.org/",
                    "headers": [["name": "Authorization", "credential": "openai", "prefix": "Bearer "]],
                ],
            ]
            let updated = try await peer.call(
                "agent.update",
                ["agentId": agent, "mode": "plan", "systemPrompt": "Be brief.", "mcpServers": servers]
            )
            #expect(updated["mcpServers"] == servers)
            let created = try await peer.call(
                "session.create",
                ["workspaceId": workspace["id"] ?? .null, "agentId": agent]
            )
            let session = try await peer.ready(created["id"] ?? .null)["id"] ?? .null
            #expect(try await peer.call("agent.models", ["agentId": agent])["items"]?.arrayValue?.count == 2)

            let turn = try await peer.turn("Go.", in: session)
            #expect(turn.state["state"] == "completed", "\(turn)")
            let opened = try await Self.noted("opened.json", session, peer)
            let told = try #require(opened["mcpServers"]?.arrayValue)
            #expect(told.count == 2)
            #expect(told.first?["command"]?.stringValue?.hasPrefix("/") == true)
            #expect(told.first?["args"] == ["server.sh"] && told.first?["env"] == [] && told.first?["type"] == nil)
            #expect(
                told.last == [
                    "type": "http", "name": "far", "url": "https://mcp.example.org/",
                    "headers": [["name": "Authorization", "value": .string("Bearer " + secret)]],
                ]
            )
            #expect(try await Self.noted("mode.json", session, peer)["modeId"] == "plan")
            let blocks = try await Self.noted("prompt.json", session, peer)["prompt"]?.arrayValue ?? []
            #expect(blocks.compactMap { $0["text"]?.stringValue }.last == "Go.")
            #expect(blocks.first?["text"]?.stringValue?.hasSuffix("Be brief.") == true)

            let files = try await peer.call("file.list", ["sessionId": session, "path": "."])
            let names = files["entries"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
            #expect(names.contains("opened.json") && !names.contains("started"))
            let models = try await peer.call("session.models", ["sessionId": session])
            #expect(models["items"]?.arrayValue?.map { $0["id"] } == ["custom:small", "custom:large"])

            for method in ["agent.list", "session.list", "credential.list"] {
                let answer = try await peer.call(method)
                #expect(!String(decoding: answer.serialized(), as: UTF8.self).contains(secret))
            }
            #expect(!daemon.log.contains(secret))
            await daemon.stop()
            let folder = daemon.folder.appending(path: "data/octobot")
            for name in ["octobot.db", "octobot.db-wal"] {
                let bytes = FileManager.default.contents(atPath: folder.appending(path: name).path) ?? Data()
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name)")
            }
        }
    }

    @Test("REST shows what the socket set; its PUT changes nothing, its models are those of the socket")
    func overREST() async throws {
        try await withDaemon { daemon in
            let browser = Browser(base: try await daemon.gateway())
            let path = "/api/projects/local/agents"
            let made = try await browser.send("POST", path, ["agentType": "demo"])
            #expect(made.status == 201, "\(made.text)")
            let id = try #require(made.json["id"]?.stringValue)
            let peer = try daemon.connect()
            let updated = try await peer.call("agent.update", ["agentId": .string(id), "mode": "plan"])
            let put = try await browser.send("PUT", path + "/" + id, ["mode": "other", "agentType": "codex"])
            let got = try await peer.call("agent.get", ["agentId": .string(id)])
            #expect(updated.objectValue == got.objectValue?.filter { $0.key != "state" })
            #expect(put.status == 200 && put.json == got)
            #expect(try await browser.send("GET", path + "/" + id).json == got)
            #expect(try await browser.send("GET", path + "/" + id + "/models").json == ["models": []])
            #expect(try await browser.send("GET", path + "/none/models").status == 404)
            let session = "/api/projects/local/sessions/none/models"
            #expect(try await browser.send("GET", session).status == 404)
        }
    }
}
