import Foundation
import JSONText
import OctobotTestSupport
import Testing

extension RESTWalkTests {
    /// - Returns: The path values of the workspace.
    func workspaces(
        _ walk: RESTWalk,
        _ repository: ScratchRepository,
        _ daemon: TestDaemon
    ) async throws -> [String: String] {
        let none = ["workspaceId": "none"]
        let providers = try await walk.ask("GET P/workspaces/providers", 200)
        let provider = providers["default"]?.stringValue ?? ""
        #expect(providers["providers"]?[provider] != nil)
        try await walk.ask("GET P/workspaces/providers/{provider}", 200, ["provider": provider])
        try await walk.ask("GET P/workspaces/providers/{provider}", 404, ["provider": "none"])
        try await walk.ask("POST P/workspaces", 400, sending: [:])
        let made = try await walk.ask("POST P/workspaces", 201, sending: ["path": .string(repository.path)])
        let workspace = ["workspaceId": made["id"]?.stringValue ?? ""]
        try await walk.ask("GET P/workspaces/{workspaceId}", 404, none)
        _ = try await daemon.connect().wait(for: "workspace.get", ["workspaceId": made["id"] ?? .null]) {
            $0["status"] == "ready"
        }
        let ready = try await walk.ask("GET P/workspaces/{workspaceId}", 200, workspace)
        let head = try await repository.head
        #expect(ready["status"] == "ready" && ready["commit"]?.stringValue == head)
        try await walk.ask("PUT P/workspaces/{workspaceId}", 400, workspace, sending: ["displayName": 1])
        try await walk.ask("PUT P/workspaces/{workspaceId}", 404, none, sending: ["displayName": "x"])
        let named = try await walk.ask(
            "PUT P/workspaces/{workspaceId}",
            200,
            workspace,
            sending: ["displayName": "Garden"]
        )
        #expect(named["displayName"] == "Garden")
        #expect(try await walk.ask("GET P/workspaces", 200)["workspaces"]?.arrayValue?.count == 1)
        #expect(try await walk.ask("GET P/workspaces/{workspaceId}/sessions", 200, workspace) == ["sessions": []])
        #expect(try await walk.ask("GET P/workspaces/{workspaceId}/sessions", 200, none) == ["sessions": []])
        try await walk.ask("DELETE P/workspaces/{workspaceId}", 404, none)
        return workspace
    }

    func git(_ walk: RESTWalk, _ workspace: [String: String], _ repository: ScratchRepository) async throws {
        let git = "P/workspaces/{workspaceId}/git"
        let none = ["workspaceId": "none"]
        for name in ["status", "branches", "diff", "files", "log"] {
            try await walk.ask("GET \(git)/\(name)", 200, workspace)
            try await walk.ask("GET \(git)/\(name)", 404, none)
        }
        for query in ["diff?base=none", "files?ref=none", "log?ref=none"] {
            let (name, rest) = (query.prefix { $0 != "?" }, query.drop { $0 != "?" })
            try await walk.ask("GET \(git)/\(name)", 422, workspace, query: String(rest))
        }
        try await walk.ask("POST \(git)/fetch", 200, workspace)
        try await walk.ask("POST \(git)/fetch", 404, none)
        try await walk.ask("GET \(git)/file", 400, workspace)
        try await walk.ask("GET \(git)/file", 404, workspace, query: "?path=none")
        let file = try await walk.ask("GET \(git)/file", 200, workspace, query: "?path=plants.txt")
        #expect(file["content"] == "tomatoes\nbeans\n")

        try await repository.git("branch", "other")
        try await walk.ask("POST \(git)/file", 400, workspace, sending: ["path": "", "content": "x"])
        try await walk.ask("POST \(git)/file", 404, none, sending: ["path": "x", "content": "x"])
        try await walk.ask("POST \(git)/file", 200, workspace, sending: ["path": "plants.txt", "content": "peas\n"])
        #expect(repository.read("plants.txt") == "peas\n")
        try await walk.ask("POST \(git)/commit", 400, workspace, sending: ["message": ""])
        try await walk.ask("POST \(git)/commit", 409, workspace, sending: ["message": "Nothing is staged"])
        try await walk.ask("POST \(git)/commit", 404, none, sending: ["message": "x"])
        try await walk.ask("POST \(git)/stage", 200, workspace, sending: ["paths": ["plants.txt"]])
        try await walk.ask("POST \(git)/stage", 404, none, sending: ["paths": []])
        let commit = try await walk.ask("POST \(git)/commit", 201, workspace, sending: ["message": "Peas"])
        let head = try await repository.head
        #expect(commit["sha"]?.stringValue == head)

        try repository.write("plants.txt", "mine\n")
        try await walk.ask("POST \(git)/checkout", 400, workspace, sending: ["ref": ""])
        try await walk.ask("POST \(git)/checkout", 404, none, sending: ["ref": "main"])
        try await walk.ask("POST \(git)/checkout", 422, workspace, sending: ["ref": "nowhere"])
        try await walk.ask("POST \(git)/checkout", 409, workspace, sending: ["ref": "other"])
        #expect(repository.read("plants.txt") == "mine\n")
        try repository.write("plants.txt", "peas\n")
        try await walk.ask("POST \(git)/checkout", 200, workspace, sending: ["ref": "main"])
    }

    private func prompt(_ text: String, _ id: String, _ more: [String: JSONValue] = [:]) -> JSONValue {
        let part: JSONValue = ["type": "text", "text": .string(text)]
        let message: JSONValue = ["id": .string(id), "role": "user", "parts": [part]]
        return .object(more.merging(["messages": [message]]) { own, _ in own })
    }

    /// - Returns: The path values of the session.
    func chat(_ walk: RESTWalk, _ workspace: [String: String], _ daemon: TestDaemon) async throws -> [String: String] {
        let agents = try await walk.ask("GET P/agents", 200)
        let session = ["sessionId": "walk-1"]
        let none = ["sessionId": "none"]
        let place: [String: JSONValue] = [
            "id": "walk-1", "workspaceId": .string(workspace["workspaceId"] ?? ""),
            "agentId": agents["agents"]?[0]?["id"] ?? .null,
        ]
        try await walk.ask("POST P/chat", 400, sending: ["id": "walk-1"])
        try await walk.ask("POST P/chat", 400, sending: prompt("Hi", "m0", ["id": "walk-1"]))
        try await walk.ask(
            "POST P/chat",
            404,
            sending: prompt("Hi", "m0", place.merging(["workspaceId": "none"]) { $1 })
        )
        try await walk.ask("GET P/chat/{sessionId}/stream", 204, none)
        try await walk.follow("POST P/chat", 200, [:], sending: prompt("/write plan.txt forty-two", "m1", place)) {
            $0.data == "[DONE]"
        }
        try await walk.ask("GET P/chat/{sessionId}/stream", 204, session)
        try await walk.ask("POST P/chat/{sessionId}/cancel", 409, session)
        try await walk.ask("POST P/chat/{sessionId}/cancel", 404, none)

        let peer = try daemon.connect()
        _ = try await peer.call("chat.send", ["sessionId": "walk-1", "text": "/ask Which? | Left | Right"])
        let pending = try await peer.wait(for: "approval.list", ["state": "pending"]) {
            $0["items"]?.arrayValue?.isEmpty == false
        }
        let asked = pending["items"]?[0]?["id"] ?? .null
        try await walk.ask("POST P/chat", 409, sending: prompt("Hi", "m2", place))
        try await walk.ask("GET P/chat/{sessionId}/question", 404, none)
        let question = try await walk.ask("GET P/chat/{sessionId}/question", 200, session)
        #expect(question["question"]?["toolUseID"] == asked)
        let text = question["question"]?["questions"]?[0]?["question"]?.stringValue ?? ""
        let answers: JSONValue = .object([text: "Left"])
        try await walk.ask("POST P/chat/{sessionId}/answer", 400, session, sending: ["toolUseID": asked])
        try await walk.ask(
            "POST P/chat/{sessionId}/answer",
            404,
            session,
            sending: ["toolUseID": "none", "answers": answers]
        )
        let row = "POST P/chat/{sessionId}/answer"
        #expect(
            try await walk.ask(row, 200, session, sending: ["toolUseID": asked, "answers": answers]) == [
                "success": true
            ]
        )
        _ = try await peer.ready("walk-1")

        _ = try await peer.call("chat.send", ["sessionId": "walk-1", "text": "/slow 600 50"])
        try await walk.follow("GET P/chat/{sessionId}/stream", 200, session) { $0.data.contains("text-delta") }
        let cancelled = try await walk.ask("POST P/chat/{sessionId}/cancel", 200, session)
        #expect(cancelled["status"] == "cancelled" && cancelled["success"] == true)
        _ = try await peer.ready("walk-1")
        return session
    }

    func files(_ walk: RESTWalk, _ session: [String: String]) async throws {
        let files = "P/sessions/{sessionId}/files"
        let none = ["sessionId": "none"]
        let list = try await walk.ask("GET \(files)", 200, session)
        #expect(list["entries"]?.arrayValue?.contains { $0["name"] == "plan.txt" } == true)
        try await walk.ask("GET \(files)", 404, none)
        try await walk.ask("GET \(files)", 404, session, query: "?path=none")
        try await walk.ask("GET \(files)", 400, session, query: "?path=../..")
        try await walk.ask("GET \(files)/read", 400, session)
        try await walk.ask("GET \(files)/read", 404, session, query: "?path=none")
        try await walk.ask("GET \(files)/read", 404, none, query: "?path=plan.txt")
        #expect(
            try await walk.ask("GET \(files)/read", 200, session, query: "?path=plan.txt")["content"] == "forty-two\n"
        )
        try await walk.ask("PUT \(files)/write", 400, session, sending: ["path": "x"])
        try await walk.ask("PUT \(files)/write", 404, none, sending: ["path": "x", "content": "x"])
        let mine: JSONValue = ["path": "plan.txt", "content": "43\n", "originalContent": "forty-two\n"]
        #expect(try await walk.ask("PUT \(files)/write", 200, session, sending: mine)["size"] == 3)
        try await walk.ask("PUT \(files)/write", 409, session, sending: mine)
        try await walk.ask("POST \(files)/rename", 400, session, sending: ["oldPath": "plan.txt"])
        try await walk.ask("POST \(files)/rename", 404, session, sending: ["oldPath": "none", "newPath": "y"])
        try await walk.ask(
            "POST \(files)/rename",
            200,
            session,
            sending: ["oldPath": "plan.txt", "newPath": "a/b.txt"]
        )
        try await walk.ask("POST \(files)/delete", 400, session, sending: ["path": "../x"])
        try await walk.ask("POST \(files)/delete", 404, session, sending: ["path": "plan.txt"])
        try await walk.ask("POST \(files)/delete", 200, session, sending: ["path": "a/b.txt"])
        try await walk.ask("GET P/sessions/{sessionId}/diff", 200, session)
        try await walk.ask("GET P/sessions/{sessionId}/diff", 400, session, query: "?path=/etc/passwd")
        try await walk.ask("GET P/sessions/{sessionId}/diff", 404, none)
        for name in ["history", "status"] {
            try await walk.ask("GET P/sessions/{sessionId}/terminal/\(name)", 200, session)
            try await walk.ask("GET P/sessions/{sessionId}/terminal/\(name)", 404, none)
        }
        try await walk.ask("GET P/sessions/{sessionId}/terminal/ws", 400, session)
    }

    func sessions(_ walk: RESTWalk, _ session: [String: String], _ workspace: [String: String]) async throws {
        let row = "P/sessions/{sessionId}"
        let none = ["sessionId": "none"]
        let got = try await walk.ask("GET \(row)", 200, session)
        #expect(got["id"] == "walk-1" && got["status"] == "ready" && got["files"] == [])
        try await walk.ask("GET \(row)", 404, none)
        for method in ["PUT", "PATCH"] {
            let named = try await walk.ask("\(method) \(row)", 200, session, sending: ["displayName": "Label"])
            #expect(named["displayName"] == "Label")
            try await walk.ask("\(method) \(row)", 400, session, sending: ["status": "flying"])
            try await walk.ask("\(method) \(row)", 404, none, sending: ["displayName": "x"])
        }
        let messages = try await walk.ask("GET \(row)/messages", 200, session)
        #expect(messages["messages"]?.arrayValue?.first?["role"] == "user")
        try await walk.ask("GET \(row)/messages", 404, none)
        try await walk.ask("POST \(row)/commit", 404, none)
        try await walk.ask("POST \(row)/commit", 200, session)
        try await walk.ask("POST \(row)/commit", 409, session)
        try await walk.ask("DELETE \(row)", 404, none)
        #expect(try await walk.ask("DELETE \(row)", 200, session) == ["success": true])
        #expect(try await walk.ask("DELETE P/workspaces/{workspaceId}", 200, workspace) == ["success": true])
    }
}
