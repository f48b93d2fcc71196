import Foundation
import JSONText
import OctobotTestSupport
import Testing
import UIMessageStream

/// The real Claude Code in a real sandbox; only its model is a stand-in.
@Suite(
    "Claude Code",
    .serialized,
    .timeLimit(.minutes(4)),
    .enabled(if: TestAgents.has("claude"), Comment(rawValue: TestAgents.advice))
)
struct ClaudeCodeTests {
    private static let key = "sk-ant-api03-stand-in"
    private static let path = "/home/octobot/workspace/notes/plan.txt"

    private static let writing: [MessagesStep] = [
        .prompt(
            "Write the plan",
            .thinking("They want a plan, so I write one."),
            .text("I write the plan."),
            .tool(id: "toolu_1", name: "Write", input: ["file_path": .string(path), "content": "forty-two\n"])
        ),
        .result("toolu_1", containing: "created successfully", .text("The plan is written.")),
    ]

    /// Runs `body` with a session whose agent is Claude Code with this key.
    private func withSession(
        _ steps: [MessagesStep],
        key: String = ClaudeCodeTests.key,
        _ body: (TestDaemon, RPCPeer, JSONValue, ScratchRepository) async throws -> Void
    ) async throws {
        try await MessagesStandIn.run(key: Self.key, steps) { standIn in
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            let settings = [
                "PATH": TestAgents.folder + ":" + path, "SANDBOX_ALLOW_HOSTS": standIn.address,
                "ANTHROPIC_BASE_URL": "http://" + standIn.address,
            ]
            try await withDaemon(settings) { daemon in
                let repository = try await ScratchRepository(in: daemon.folder)
                let peer = try daemon.connect()
                let given: JSONValue = ["provider": "anthropic", "apiKey": .string(key)]
                let browser = Browser(base: try await daemon.gateway())
                let stored = try await browser.send("POST", "/api/projects/local/credentials", given)
                #expect(stored.status == 200, "\(stored.text)")
                let workspace = try await peer.workspace(of: repository)
                let agent = try await peer.call("agent.create", ["agentType": "claude-code"])
                let session = try await peer.call(
                    "session.create",
                    ["workspaceId": workspace["id"] ?? .null, "agentId": agent["id"] ?? .null]
                )
                let id = try #require(session["id"])
                try await peer.ready(id)
                try await body(daemon, peer, id, repository)
            }
            #expect(standIn.objections == [])
        }
    }

    private func pendingApproval(_ peer: RPCPeer) async throws -> JSONValue {
        let list = try await peer.wait(for: "approval.list", ["state": "pending"]) {
            $0["items"]?.arrayValue?.isEmpty == false
        }
        return try #require(list["items"]?[0])
    }

    @Test("a file is written after a permission, the next turn remembers, and the work comes back as a commit")
    func mainJob() async throws {
        let steps: [MessagesStep] =
            Self.writing + [
                .prompt("What was that?", remembering: ["Write the plan", "The plan is written."], .text("A plan.")),
                .prompt("Turn the work of this session into commits", .text("I leave that to you.")),
            ]
        try await withSession(steps) { daemon, peer, session, repository in
            let sent = try await peer.call("chat.send", ["sessionId": session, "text": "Write the plan"])
            let approval = try await pendingApproval(peer)
            #expect(approval["kind"] == "permission")
            #expect(approval["questions"]?[0]?["question"]?.stringValue?.contains("Write notes/plan.txt") == true)
            _ = try await peer.call("approval.answer", ["approvalId": approval["id"] ?? .null, "option": "Allow"])
            let turn = try await peer.follow(sent["turnId"] ?? .null, in: session, from: sent["cursor"] ?? .null)
            #expect(turn.state["state"] == "completed", "\(turn.state)")
            try Self.checkOrder(of: turn.chunks)

            let diff = try await peer.call("session.diff", ["sessionId": session])
            #expect(diff["files"]?.arrayValue?.compactMap { $0["path"]?.stringValue } == ["notes/plan.txt"])
            let next = try await peer.turn("What was that?", in: session)
            #expect(text(of: next.chunks) == "A plan.")

            _ = try await peer.call("session.commit", ["sessionId": session])
            let ended = try await peer.wait(for: "session.get", ["sessionId": session]) {
                $0["commitStatus"] == "completed" || $0["commitStatus"] == "failed"
            }
            #expect(ended["commitOutcome"] == "committed", "\(ended)")
            #expect(repository.read("notes/plan.txt") == "forty-two\n")
        }
    }

    /// The chunks of the turn that writes the file, each kind where it belongs.
    private static func checkOrder(of chunks: [JSONValue]) throws {
        var grammar = ChunkGrammar()
        for chunk in chunks { try grammar.accept(UIMessageChunk(parsing: chunk.serialized())) }
        try grammar.checkComplete()
        var kinds: [String] = []
        for chunk in chunks {
            let isQuestion = chunk["toolCallId"]?.stringValue?.hasPrefix("ask-") == true
            let kind = (isQuestion ? "ask:" : "") + (chunk["type"]?.stringValue ?? "")
            if kinds.last != kind { kinds.append(kind) }
        }
        #expect(
            kinds == [
                "start", "start-step", "data-commands", "reasoning-start", "reasoning-delta", "reasoning-end",
                "text-start", "text-delta", "text-end", "tool-input-start", "tool-input-delta", "tool-input-available",
                "ask:tool-input-start",
                "ask:tool-input-available", "ask:tool-approval-request", "ask:tool-output-available",
                "tool-output-available", "finish-step", "start-step", "text-start", "text-delta",
                "message-metadata", "text-end", "finish-step", "finish",
            ]
        )
        let input = chunks.first { $0["type"] == "tool-input-available" }
        #expect(input?["toolName"] == "Write" && input?["toolCallId"] == "toolu_1")
        #expect(input?["input"]?["content"] == "forty-two\n")
        let pieces = chunks.compactMap { $0["inputTextDelta"]?.stringValue }.joined()
        #expect(try JSONValue(parsing: Array(pieces.utf8)) == input?["input"])
        let output = chunks.first { $0["type"] == "tool-output-available" && $0["toolCallId"] == "toolu_1" }
        #expect(output?["output"]?.stringValue?.contains("created successfully") == true)
        let usage = chunks.first { $0["type"] == "message-metadata" }?["messageMetadata"]?["usage"]
        #expect(usage?["tokens"]?["input"] == 50 && usage?["tokens"]?["output"] == 30)
        #expect(usage?["cost"]?["currency"] == "USD")
        #expect(text(of: chunks) == "I write the plan.The plan is written.")
    }

    @Test("the daemon is killed while a permission waits; started again, another client answers and the turn completes")
    func killedWhileAsking() async throws {
        try await withSession(Self.writing) { daemon, peer, session, _ in
            let sent = try await peer.call("chat.send", ["sessionId": session, "text": "Write the plan"])
            let approval = try await pendingApproval(peer)
            await daemon.kill()
            try await daemon.start()
            let other = try daemon.connect()
            let again = try await pendingApproval(other)
            #expect(again["id"] == approval["id"])
            _ = try await other.call("approval.answer", ["approvalId": again["id"] ?? .null, "option": "Allow"])
            let turn = try await other.follow(sent["turnId"] ?? .null, in: session, from: sent["cursor"] ?? .null)
            #expect(turn.state["state"] == "completed", "\(turn.state)")
            try Self.checkOrder(of: turn.chunks)
        }
    }

    @Test("a question of the agent is an approval, and its answer reaches the model")
    func question() async throws {
        let questions: JSONValue = [
            [
                "question": "Which colour?", "header": "Colour", "multiSelect": false,
                "options": [
                    ["label": "Red", "description": "warm"], ["label": "Blue", "description": "cold"],
                ],
            ]
        ]
        let steps: [MessagesStep] = [
            .prompt("Paint it", .tool(id: "toolu_2", name: "AskUserQuestion", input: ["questions": questions])),
            .result("toolu_2", containing: "Blue", .text("Blue it is.")),
        ]
        try await withSession(steps) { _, peer, session, _ in
            let sent = try await peer.call("chat.send", ["sessionId": session, "text": "Paint it"])
            let approval = try await pendingApproval(peer)
            #expect(approval["kind"] == "question")
            #expect(approval["questions"]?[0]?["question"] == "Which colour?")
            _ = try await peer.call("approval.answer", ["approvalId": approval["id"] ?? .null, "option": "Blue"])
            let turn = try await peer.follow(sent["turnId"] ?? .null, in: session, from: sent["cursor"] ?? .null)
            #expect(turn.state["state"] == "completed", "\(turn.state)")
            #expect(text(of: turn.chunks) == "Blue it is.")
            #expect(!turn.chunks.contains { $0["toolCallId"] == "toolu_2" })
        }
    }

    @Test("a turn is cancelled in mid-stream, and the next one works in the same conversation")
    func cancel() async throws {
        let steps: [MessagesStep] = [
            .prompt("Tell me all", isEndless: true, .text("It is a long story.")),
            .prompt("Shorter", remembering: ["Tell me all"], .text("It ends well.")),
        ]
        try await withSession(steps) { _, peer, session, _ in
            let sent = try await peer.call("chat.send", ["sessionId": session, "text": "Tell me all"])
            let (_, items) = try await peer.subscribe(
                "chat.subscribe",
                ["sessionId": session, "from": ["type": "cursor", "cursor": sent["cursor"] ?? .null]]
            )
            for await item in items where item["data"]?["chunk"]?["type"] == "text-delta" { break }
            _ = try await peer.call("chat.cancel", ["sessionId": session])
            let turn = try await peer.follow(sent["turnId"] ?? .null, in: session, from: sent["cursor"] ?? .null)
            #expect(turn.state["state"] == "cancelled", "\(turn.state)")
            let next = try await peer.turn("Shorter", in: session)
            #expect(next.state["state"] == "completed", "\(next.state)")
            #expect(text(of: next.chunks) == "It ends well.")
        }
    }

    @Test("a wrong key is one clear error in the chat")
    func wrongKey() async throws {
        try await withSession([], key: "sk-ant-api03-wrong") { _, peer, session, _ in
            let turn = try await peer.turn("Hello", in: session)
            #expect(turn.state["state"] == "failed", "\(turn.state)")
            let errors = turn.chunks.filter { $0["type"] == "error" }.compactMap { $0["errorText"]?.stringValue }
            #expect(errors.count == 1)
            #expect(errors.first?.contains("ANTHROPIC_API_KEY") == true && errors.first?.contains("401") == true)
            #expect(errors.first?.contains("sk-ant") == false)
        }
    }
}
