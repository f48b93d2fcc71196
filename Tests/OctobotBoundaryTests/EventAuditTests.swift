import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices
import OctobotTestSupport
import Testing

/// What clients are told of what they can see.
@Suite("Events and changes", .timeLimit(.minutes(2)))
struct EventAuditTests {
    @Test("every change of what clients see is told once, and nothing else is")
    func audit() async throws {
        try await World.run { world in
            try await ChangeAudit.install(in: world.store)
            let peer = try RPCPeer(path: world.socketPath)
            let (_, events) = try await peer.subscribe("event.subscribe", [:])
            let first = try await peer.call("agent.create", ["agentType": "demo"])
            let agent: JSONValue = ["agentId": first["id"] ?? .null]
            let second = try await peer.call("agent.create", ["agentType": "demo", "isDefault": true])
            for _ in 0..<2 { _ = try await peer.call("agent.setDefault", agent) }
            for _ in 0..<2 {
                _ = try await peer.call("agent.update", ["agentId": first["id"] ?? .null, "model": "m1"])
            }
            _ = try await peer.call("agent.delete", ["agentId": second["id"] ?? .null])
            for _ in 0..<2 { _ = try await peer.call("credential.set", ["provider": "openai", "apiKey": "k"]) }
            for _ in 0..<2 { _ = try await peer.call("credential.delete", ["provider": "openai"]) }
            let rule = try await peer.call("approval.rules.create", ["effect": "deny", "tool": "Bash"])
            _ = try await peer.call("approval.rules.delete", ["ruleId": rule["id"] ?? .null])
            let workspace = try await peer.call("workspace.create", ["path": .string(world.repository.path)])
            let workspaceID = workspace["id"] ?? .null
            for name in ["a", "a", ""] {
                let params: JSONValue = ["workspaceId": workspaceID, "displayName": .string(name)]
                _ = try await peer.call("workspace.update", params)
            }
            _ = try await peer.call("session.create", ["workspaceId": workspaceID, "id": "s1"])
            for name in ["a", "a"] {
                _ = try await peer.call("session.update", ["sessionId": "s1", "displayName": .string(name)])
            }
            for text in ["one", "two"] {
                let prompt: JSONValue = ["sessionId": "s1", "text": .string(text), "model": "m2"]
                let sent = try await peer.call("chat.send", prompt)
                for await event in events where event["data"]?["type"] == "turn_updated" {
                    guard event["data"]?["data"]?["turnId"] == sent["turnId"],
                        event["data"]?["data"]?["state"] == "completed"
                    else { continue }
                    break
                }
            }
            _ = try await peer.call("session.create", ["workspaceId": workspaceID, "id": "s2", "start": false])
            let stopped = try await peer.call("session.stop", ["sessionId": "s1", "force": true])
            #expect(stopped["status"] == "stopped")
            for id in ["s1", "s2"] {
                let deleted = try await peer.call("session.delete", ["sessionId": .string(id)])
                let job = try await peer.call("job.wait", ["jobId": deleted["jobId"] ?? .null])
                #expect(job["status"] == "completed")
            }
            async let one = try? peer.call("workspace.delete", ["workspaceId": workspaceID])
            async let other = try? peer.call("workspace.delete", ["workspaceId": workspaceID])
            _ = await (one, other)
            let findings = try await ChangeAudit.findings(in: world.store)
            #expect(findings == [])
        }
    }
}
