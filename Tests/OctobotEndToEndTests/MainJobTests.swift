import Foundation
import JSONText
import OctobotTestSupport
import Testing
import UIMessageStream

/// The main job, as a stranger's clients do it: nothing but the built programs.
@Suite("the main job", .serialized, .timeLimit(.minutes(5)))
struct MainJobTests {
    @Test("over REST alone: from a repository to a commit in it")
    func overREST() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            try repository.write("mine.txt", "not committed\n")
            let before = try await repository.head
            let browser = Browser(base: try await daemon.gateway())
            let project = "/api/projects/local"

            let created = try await browser.send(
                "POST",
                project + "/workspaces",
                ["path": .string(repository.path), "sourceType": "local"]
            )
            #expect(created.status == 201, "\(created.text)")
            let workspace = try #require(created.json["id"]?.stringValue)
            let agent = try await browser.send("POST", project + "/agents", ["agentType": "demo"])
            #expect(agent.status == 201, "\(agent.text)")
            let agentID = try #require(agent.json["id"]?.stringValue)

            let session = "rest-session-1"
            let prompt: JSONValue = [
                "id": .string(session), "workspaceId": .string(workspace), "agentId": .string(agentID),
                "messages": [
                    [
                        "id": "m1", "role": "user",
                        "parts": [["type": "text", "text": "/write notes/plan.txt forty-two"]],
                    ]
                ],
            ]
            var frames: [Browser.Frame] = []
            let status = try await browser.stream("POST", project + "/chat", prompt) { frame in
                frames.append(frame)
                return true
            }
            #expect(status == 200)
            #expect(frames.last?.data == "[DONE]")
            #expect(frames.dropLast().allSatisfy { $0.id != nil })
            var grammar = ChunkGrammar()
            for frame in frames.dropLast() { try grammar.accept(UIMessageChunk(parsing: Array(frame.data.utf8))) }
            try grammar.checkComplete()
            #expect(frames.contains { $0.json["toolName"]?.stringValue != nil })

            let messages = try await browser.send("GET", project + "/sessions/\(session)/messages")
            let roles = messages.json["messages"]?.arrayValue?.map { $0["role"]?.stringValue }
            #expect(roles == ["user", "assistant"])

            let diff = try await browser.send("GET", project + "/sessions/\(session)/diff")
            #expect(diff.json["files"]?.arrayValue?.compactMap { $0["path"]?.stringValue } == ["notes/plan.txt"])
            #expect(diff.json["files"]?[0]?["patch"]?.stringValue?.contains("+forty-two") == true)

            #expect(!repository.exists("notes"))
            #expect(try await repository.head == before)

            let committed = try await browser.send("POST", project + "/sessions/\(session)/commit")
            #expect(committed.status == 200, "\(committed.text)")
            let peer = try daemon.connect()
            let ended = try await peer.wait(for: "session.get", ["sessionId": .string(session)]) {
                $0["commitStatus"] == "completed" || $0["commitStatus"] == "failed"
            }
            #expect(ended["commitStatus"] == "completed", "\(ended)")
            #expect(ended["commitOutcome"] == "committed")
            #expect(repository.read("notes/plan.txt")?.trimmingCharacters(in: .newlines) == "forty-two")
            #expect(repository.read("mine.txt") == "not committed\n")
            #expect(try await repository.git("rev-list", "--count", "\(before)..HEAD") == "1")
            #expect(try await repository.git("status", "--porcelain") == "?? mine.txt")

            let deleted = try await browser.send("DELETE", project + "/sessions/\(session)")
            #expect(deleted.status == 200)
            try await peer.wait(for: "session.list", [:]) { $0["items"]?.arrayValue?.isEmpty == true }
            #expect(try await browser.send("GET", project + "/sessions/\(session)").status == 404)
            let removed = try await browser.send("DELETE", project + "/workspaces/\(workspace)")
            #expect(removed.status == 200, "\(removed.text)")
            let data = daemon.folder.appending(path: "data/octobot")
            for place in ["sandboxes", "kept"] {
                let path = data.appending(path: place).path(percentEncoded: false)
                let left = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
                #expect(left.isEmpty, "\(place): \(left)")
            }
            #expect(repository.read("mine.txt") == "not committed\n")
            #expect(repository.exists("notes/plan.txt"))
        }
    }

    @Test("a permission and a question are answered over REST and on the socket")
    func approvals() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let browser = Browser(base: try await daemon.gateway())
            let peer = try daemon.connect()
            let session = try await peer.session(of: repository)
            let id = try #require(session["id"])
            let path = "/api/projects/local/chat/\(id.stringValue ?? "")"

            let asked = try await peer.call("chat.send", ["sessionId": id, "text": "/permission touch allowed.txt"])
            let approvals = try await peer.wait(for: "approval.list", ["state": "pending"]) {
                $0["items"]?.arrayValue?.isEmpty == false
            }
            let approval = try #require(approvals["items"]?[0])
            #expect(approval["kind"] == "permission")
            let question = try await browser.send("GET", path + "/question")
            let text = try #require(question.json["question"]?["questions"]?[0]?["question"]?.stringValue)
            let option = try #require(approval["questions"]?[0]?["options"]?[0]?["label"]?.stringValue)
            let answered = try await browser.send(
                "POST",
                path + "/answer",
                ["toolUseID": approval["id"] ?? .null, "answers": .object([text: .string(option)])]
            )
            #expect(answered.status == 200, "\(answered.text)")
            let first = try await peer.follow(asked["turnId"] ?? .null, in: id, from: asked["cursor"] ?? .null)
            #expect(first.state["state"] == "completed")

            #expect(approval["subject"]?["command"] == "touch allowed.txt")
            let rule = try await peer.call(
                "approval.rules.create",
                ["effect": "allow", "tool": approval["subject"]?["tool"] ?? .null, "pattern": "touch *"]
            )
            let like = try await peer.call("chat.send", ["sessionId": id, "text": "/permission touch second.txt"])
            let unasked = try await peer.follow(like["turnId"] ?? .null, in: id, from: like["cursor"] ?? .null)
            #expect(unasked.state["state"] == "completed")
            let decided = try await peer.call("approval.list", ["state": "answered"])["items"]?.arrayValue ?? []
            #expect(decided.count { $0["ruleId"] == rule["id"] } == 1)

            let next = try await peer.call("chat.send", ["sessionId": id, "text": "/ask Which way? | Left | Right"])
            let pending = try await peer.wait(for: "approval.list", ["state": "pending"]) {
                $0["items"]?.arrayValue?.isEmpty == false
            }
            let second = try #require(pending["items"]?[0])
            #expect(second["kind"] == "question")
            _ = try await peer.call("approval.answer", ["approvalId": second["id"] ?? .null, "option": "Left"])
            let end = try await peer.follow(next["turnId"] ?? .null, in: id, from: next["cursor"] ?? .null)
            #expect(end.state["state"] == "completed")
            #expect(OctobotEndToEndTests.text(of: end.chunks).contains("Left"))
        }
    }

    @Test("two clients answer one approval at the same instant: one wins, the other is told who did")
    func firstAnswerWins() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peers = [try daemon.connect(), try daemon.connect()]
            let session = try await peers[0].session(of: repository)
            let id = try #require(session["id"])
            for round in 1...10 {
                let sent = try await peers[0].call(
                    "chat.send",
                    ["sessionId": id, "text": .string("/ask Round \(round)? | A | B")]
                )
                let pending = try await peers[0].wait(for: "approval.list", ["state": "pending"]) {
                    $0["items"]?.arrayValue?.isEmpty == false
                }
                let approval = try #require(pending["items"]?[0]?["id"])
                let outcomes = await withTaskGroup(of: Result<JSONValue, any Error>.self) { group in
                    for (peer, option) in zip(peers, ["A", "B"]) {
                        group.addTask {
                            do {
                                return .success(
                                    try await peer.call(
                                        "approval.answer",
                                        ["approvalId": approval, "option": .string(option)]
                                    )
                                )
                            } catch {
                                return .failure(error)
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                let winners = outcomes.compactMap { try? $0.get() }
                let losers = outcomes.compactMap { outcome -> RPCPeer.Refused? in
                    guard case .failure(let error) = outcome else { return nil }
                    return error as? RPCPeer.Refused
                }
                #expect(winners.count == 1)
                let loser = try #require(losers.first)
                #expect(loser.code == 1104)
                let details = loser.error["data"]?["details"]
                #expect(details?["answers"] == winners.first?["answers"])
                #expect(details?["answeredBy"] != nil && details?["answeredAt"] != nil)
                _ = try await peers[0].follow(sent["turnId"] ?? .null, in: id, from: sent["cursor"] ?? .null)
            }
        }
    }

    @Test("unmerged work outlives its session and comes back")
    func keptAndRestored() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.session(of: repository)
            let id = try #require(session["id"])
            try await peer.turn("/write kept.txt precious", in: id)
            let deleted = try await peer.call("session.delete", ["sessionId": id])
            #expect(try await peer.job(deleted["jobId"] ?? .null)["status"] == "completed")
            let kept = try await peer.call("session.kept")
            #expect(kept["items"]?[0]?["sessionId"] == id)
            let restored = try await peer.call("session.restore", ["sessionId": id])
            #expect(restored["status"] == "stopped")
            let diff = try await peer.call("session.diff", ["sessionId": id])
            #expect(diff["files"]?[0]?["path"] == "kept.txt")
        }
    }
}
