import AgentClientProtocol
import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// A Python that has the SDK of ACP.
private let python = ProcessInfo.processInfo.environment["OCTOBOT_TEST_ACP_PYTHON"]

/// The built `octoctl acp`, as an editor uses it.
@Suite("octoctl acp", .serialized, .timeLimit(.minutes(6)))
struct EditorTests {
    private static let allow: ScriptedEditor.Answer = { method, params in
        guard method == "session/request_permission" else { return ["action": "accept", "content": [:]] }
        let option = params["options"]?.arrayValue?.first { $0["kind"] == "allow_once" }
        return ["outcome": ["outcome": "selected", "optionId": option?["optionId"] ?? ""]]
    }

    @Test("a prompt, a permission and a diff with the editor's paths; another editor loads the same conversation")
    func mainJob() async throws {
        try await withDaemon(["PORT": "off"]) { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let id = try await ScriptedEditor.run(daemon, ["--agent", "demo"], answer: Self.allow) { editor in
                let session = try await editor.newSession(repository.path)
                let reason = try await editor.prompt(
                    session,
                    "Hello there\n/permission echo allowed\n/ask Which? | Left | Right\n/write notes/plan.txt forty-two\n/plan"
                )
                #expect(reason == "end_turn")
                #expect(editor.asked == 2)
                let text = editor.text()
                #expect(text.contains("octoctl commit --session \(session)"))
                #expect(text.contains("Hello there") && text.contains("You answered: Left"), "\(text)")
                let diffs = editor.updates.flatMap { $0["content"]?.arrayValue ?? [] }.filter { $0["type"] == "diff" }
                #expect(diffs.last?["path"]?.stringValue == repository.path + "/notes/plan.txt", "\(diffs)")
                #expect(!repository.exists("notes/plan.txt"))
                let kinds = Set(editor.updates.compactMap { $0["sessionUpdate"]?.stringValue })
                #expect(kinds.isSuperset(of: ["tool_call", "tool_call_update", "plan"]), "\(kinds)")
                let listed = try await editor.call("session/list", ["cwd": .string(repository.path)])
                #expect(listed["sessions"]?.arrayValue?.first?["sessionId"]?.stringValue == session)
                await #expect(throws: ACPError.self) { try await editor.prompt(session, "/fail") }
                return session
            }
            try await ScriptedEditor.run(daemon, answer: Self.allow) { editor in
                let cwd = JSONValue.string(repository.path)
                _ = try await editor.call(
                    "session/load",
                    ["sessionId": .string(id), "cwd": cwd, "mcpServers": []]
                )
                #expect(editor.text("user_message_chunk").hasPrefix("Hello there\n/permission"))
                #expect(editor.text().contains("You answered: Left"))
                #expect(editor.updates.contains { $0["sessionUpdate"] == "tool_call" && $0["status"] == "completed" })
                let again = try await editor.prompt(id, "again")
                #expect(again == "end_turn")
                #expect(editor.text().hasSuffix("again\n"))
                let error = await #expect(throws: ACPError.self) {
                    try await editor.call("session/load", ["sessionId": "none", "cwd": cwd, "mcpServers": []])
                }
                #expect(error?.code == ACPError.notFoundCode)
                let outside = await #expect(throws: ACPError.self) { try await editor.newSession("/") }
                #expect(outside?.message.contains("no git repository") == true)
            }
        }
    }

    @Test(
        "cancel ends the prompt as cancelled; a question answered elsewhere is withdrawn; foreign prompts show up once"
    )
    func together() async throws {
        try await withDaemon(["PORT": "off"]) { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            try await ScriptedEditor.run(daemon, ["--agent", "demo"]) { editor in
                let session = try await editor.newSession(repository.path)
                async let slow = editor.prompt(session, "/slow 600 100")
                try await editor.until { $0.text().contains("slow 2 of 600") }
                try await editor.notify("session/cancel", ["sessionId": .string(session)])
                let cancelled = try await slow
                #expect(cancelled == "cancelled")

                async let asking = editor.prompt(session, "/permission echo allowed")
                try await editor.until { $0.asked == 1 }
                let peer = try daemon.connect()
                let approvals = try await peer.call("approval.list", ["state": "pending"])
                let approval = try #require(approvals["items"]?.arrayValue?.first)
                let params: JSONValue = ["approvalId": approval["id"] ?? .null, "option": "Allow"]
                _ = try await peer.call("approval.answer", params)
                let allowed = try await asking
                #expect(allowed == "end_turn")
                try await editor.until { $0.withdrawn == 1 }

                let foreign = try await peer.turn("from elsewhere", in: .string(session))
                #expect(foreign.state["state"] == "completed")
                try await editor.until { $0.text().hasSuffix("from elsewhere\n") }
                #expect(editor.text("user_message_chunk") == "from elsewhere")
            }
        }
    }

    @Test("the daemon is killed in mid-turn: the editor gets every piece once, and its dialog still answers")
    func survival() async throws {
        try await withDaemon(["PORT": "off"]) { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let arguments = ["--no-spawn", "--agent", "demo"]
            let gate = Gate()
            let answer: ScriptedEditor.Answer = { method, params in
                await gate.opened()
                return try await Self.allow(method, params)
            }
            try await ScriptedEditor.run(daemon, arguments, answer: answer) { editor in
                let session = try await editor.newSession(repository.path)
                async let prompt = editor.prompt(session, "/slow 40 100\n/permission echo allowed")
                try await editor.until { $0.text().contains("slow 3 of 40") }
                await daemon.kill()
                try await daemon.start()
                try await editor.until { $0.asked == 1 }
                await daemon.kill()
                gate.open()
                try await daemon.start()
                let reason = try await prompt
                #expect(reason == "end_turn")
                let text = editor.text()
                let steps = text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("slow ") }
                #expect(steps == (1...40).map { "slow \($0) of 40" })
                #expect(editor.asked == 1)
            }
        }
    }

    @Test(
        "a client made with the Python SDK: prompt, permission, cancel, load and list, beside octoctl chat",
        .enabled(if: python != nil, "OCTOBOT_TEST_ACP_PYTHON names no Python with agent-client-protocol")
    )
    func pythonSDK() async throws {
        let python = try #require(python)
        try await withDaemon(["PORT": "off"]) { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent().appending(
                    path: "contrib/editors/sdk_client.py"
                )
            let result = try await Command.run(
                python,
                [script.path(percentEncoded: false), Products.octoctl, repository.path],
                environment: daemon.environment
            )
            #expect(result.status == 0 && result.output == "ok\n", "\(result)")
        }
    }

    @Test("without a daemon the editor is told so in its own window")
    func unreachable() async throws {
        try await withDaemon(["PORT": "off"], isStarted: false) { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            try await ScriptedEditor.run(daemon, ["--no-spawn", "--agent", "demo"]) { editor in
                let error = await #expect(throws: ACPError.self) { try await editor.newSession(repository.path) }
                #expect(error?.message.contains("octobotd cannot be reached") == true)
            }
        }
    }
}

/// Holds tasks back until it is opened.
private struct Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func opened() async { for await _ in stream {} }
    func open() { continuation.finish() }
}
