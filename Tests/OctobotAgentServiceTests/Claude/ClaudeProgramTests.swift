import Foundation
import JSONText
import SandboxAgentAPI
import Testing
import UIMessageStream

@testable import OctobotAgentService

/// The driver of Claude Code against a scripted program.
@Suite("The driver of Claude Code", .timeLimit(.minutes(2)))
struct ClaudeProgramTests {
    private func run(
        _ onPrompt: String,
        onStart: String = "",
        mode: PermissionMode = .ask,
        recordsTraffic: Bool = false,
        _ body: (TurnHarness) async throws -> Void
    ) async throws {
        try await TurnHarness.run(
            onPrompt: "",
            mode: mode,
            type: "claude-code",
            command: FakeClaude.command(onStart: onStart, onPrompt),
            recordsTraffic: recordsTraffic,
            body
        )
    }

    @Test("an answer is told once, though it comes in pieces and as a whole; usage and cost are the message's")
    func answer() async throws {
        try await run("text hello; result; state idle") { (harness) async throws in
            let chunks = try await harness.turn("t")
            #expect(chunks.text == "hello")
            #expect(chunks.last == .finish(.stop))
            let usage = chunks.compactMap { chunk -> JSONValue? in
                guard case .messageMetadata(let data) = chunk else { return nil }
                return data["usage"]
            }
            #expect(usage.first?["cost"]?["amount"] == 0.5)
            #expect(usage.first?["tokens"]?["output"] == 4)
            let health = await harness.chat.health(version: "0")
            #expect(health.agent?.version == "9.9")
            #expect(health.agent?.commands?.contains("octobot-commit") == true)
            #expect(harness.exists(".claude/commands/octobot-commit.md"))
            #expect(try await harness.chat.models(credentials: nil).models.map(\.id).contains("claude-code:sonnet"))
        }
    }

    @Test("what is no message, two messages in a line, unknown kinds and a line of 20 MB do not end the turn")
    func oddLines() async throws {
        let script = #"""
            echo 'Welcome to Claude'; echo '{"type":'; echo '[1]'
            printf '%s%s\n' '{"type":"never_seen","a":1}' '{"type":"system","subtype":"not_known","b":2}'
            event '{"type":"message_start","message":{"id":"m2"}}'
            printf '{"type":"stream_event","event":{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"'
            head -c 20000000 /dev/zero | tr '\0' x
            printf '"}}}\n'; result; state idle
            """#
        try await run(script) { (harness) async throws in
            let chunks = try await harness.turn("t")
            #expect(chunks.text.utf8.count == 20_000_000)
            let raw = chunks.compactMap { chunk -> JSONValue? in
                guard case .data("agent-message", _, let data, _) = chunk else { return nil }
                return data
            }
            #expect(raw == [["type": "never_seen", "a": 1], ["type": "system", "subtype": "not_known", "b": 2]])
            #expect(chunks.last == .finish(.stop))
        }
    }

    @Test("a permission is asked and its answer told; what is remembered is for this session")
    func permission() async throws {
        let script = #"""
            permit 7 Bash '{"command":"make"}'; next
            say '{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"call-7","content":"made"}]}}'
            result; state idle
            """#
        try await run(script) { (harness) async throws in
            try await harness.start("t")
            let asked = try await harness.chunks("t") { $0.type == "tool-approval-request" }
            let id = try #require(asked.approvalIDs.first)
            let question = try #require(harness.chat.question(id).question?.questions.first)
            #expect(question.question == "Allow: Bash make?")
            #expect(question.options.map(\.label) == ["Allow", "Allow for this session", "Refuse"])
            let answers = [question.question: "Allow for this session"]
            #expect(harness.chat.answer(.init(toolUseID: id, answers: answers)) == .taken)
            let chunks = try await harness.chunks("t")
            #expect(chunks.contains(.toolOutputAvailable(toolCallID: "call-7", output: "made")))
            let line = try #require(harness.lines("received").last { $0.contains("control_response") })
            let response = try JSONValue(parsing: Array(line.utf8))["response"]
            #expect(response?["request_id"] == "7")
            #expect(response?["response"]?["behavior"] == "allow")
            #expect(response?["response"]?["updatedInput"] == ["command": "make"])
            #expect(response?["response"]?["updatedPermissions"]?[0]?["destination"] == "session")
        }
    }

    @Test("a request that the program takes back is no longer asked")
    func withdrawn() async throws {
        let script = #"""
            permit 8 Bash '{"command":"make"}'; sleep 0.2
            say '{"type":"control_cancel_request","request_id":"8"}'; result; state idle
            """#
        try await run(script) { (harness) async throws in
            let chunks = try await harness.turn("t")
            let id = try #require(chunks.approvalIDs.first)
            #expect(harness.chat.question(id).status == .expired)
            #expect(!harness.lines("received").contains { $0.contains("control_response") })
        }
    }

    @Test("a result is not the end while agents in the background go on")
    func background() async throws {
        try await run("state running; text first; result; text second; result; state idle") { (harness) async throws in
            #expect(try await harness.turn("t").text == "firstsecond")
        }
    }

    @Test("cancelled, the program is interrupted and kept")
    func cancel() async throws {
        let script = #"case "$line" in *go*) text half ;; *) text whole; result; state idle ;; esac"#
        try await run(script) { (harness) async throws in
            try await harness.start("t")
            _ = try await harness.chunks("t") { $0.type == "text-delta" }
            #expect(await harness.chat.cancel(nil) == "t")
            let chunks = try await harness.chunks("t")
            #expect(chunks.text == "half")
            #expect(try await harness.turn("u", "more").text == "whole")
            #expect(harness.lines("starts").count == 1)
        }
    }

    @Test("a refused credential is one error at once, however often the program would try")
    func wrongKey() async throws {
        let script = #"""
            say '{"type":"system","subtype":"api_retry","error_status":401,"error":"authentication_failed"}'
            say '{"type":"system","subtype":"api_retry","error_status":401,"error":"authentication_failed"}'
            """#
        try await run(script) { (harness) async throws in
            let error = try #require(try await harness.turn("t").errorText)
            #expect(error.contains("ANTHROPIC_API_KEY") && error.contains("401"))
            #expect(harness.lines("received").filter { $0.contains("interrupt") }.count == 1)
        }
    }

    @Test("another credential restarts it with its session; a session that is gone is begun anew and said to be")
    func restart() async throws {
        let refusing = #"""
            case "$*" in *--resume=*) if [ -e "$AGENT_FOLDER/forget" ]; then
              say '{"type":"result","subtype":"error_during_execution","is_error":true,"errors":["No conversation found"]}'
              exit 1
            fi ;; esac
            """#
        try await run(#"text "$ANTHROPIC_API_KEY"; result; state idle"#, onStart: refusing) { (harness) async throws in
            func turn(_ name: String, _ key: String) async throws -> String {
                let credentials = [AgentCredential(envVar: "ANTHROPIC_API_KEY", value: key)]
                return try await harness.turn(name, credentials: credentials).text
            }
            #expect(try await turn("a", "one") == "one")
            #expect(try await turn("b", "two") == "two")
            try Data().write(to: harness.folder.appending(path: "forget"))
            let third = try await turn("c", "three")
            #expect(third.contains("could not take up") && third.hasSuffix("three"))
            let starts = harness.lines("starts")
            #expect(starts.map { $0.contains("--resume=") } == [false, true, true, false])
            #expect(!starts.contains { $0.contains("one") || $0.contains("two") || $0.contains("three") })
        }
    }

    @Test("MCP servers and the system prompt go through the program's input, never its arguments")
    func settings() async throws {
        try await run("text ok; result; state idle") { (harness) async throws in
            let server = AgentSettings.Server(
                name: "docs",
                access: .http(
                    url: "http://h/",
                    headers: [.init(name: "Authorization", value: "s3cr3t-token", isSecret: true)]
                )
            )
            let settings = AgentSettings(mode: "plan", systemPrompt: "Be brief.", mcpServers: [server])
            #expect(try await harness.turn("t", settings: settings).text == "ok")
            let received = harness.lines("received")
            #expect(received.contains { $0.contains("initialize") && $0.contains("Be brief.") })
            #expect(received.contains { $0.contains("mcp_set_servers") && $0.contains("s3cr3t-token") })
            #expect(received.contains { $0.contains("set_permission_mode") && $0.contains("plan") })
            #expect(!harness.lines("starts").joined().contains("s3cr3t"))
            #expect(!harness.lines("starts").joined().contains("brief"))
        }
    }

    @Test("a crash in mid-turn ends the turn with the last words; the next turn works")
    func crash() async throws {
        let script = #"""
            if [ ! -e "$AGENT_FOLDER/crashed" ]; then : > "$AGENT_FOLDER/crashed"; text half; echo 'no luck' >&2; exit 3; fi
            text whole; result; state idle
            """#
        try await run(script) { (harness) async throws in
            let chunks = try await harness.turn("t")
            #expect(chunks.errorText?.contains("exited with status 3") == true)
            #expect(chunks.errorText?.contains("no luck") == true)
            #expect(try await harness.turn("u").text.hasSuffix("whole"))
        }
    }

    @Test("what is said is kept when that is wanted, a file a turn, secrets masked")
    func recording() async throws {
        try await run("text hello; result; state idle", recordsTraffic: true) { (harness) async throws in
            let secret = AgentCredential(envVar: "ANTHROPIC_API_KEY", value: "my name is hello")
            _ = try await harness.turn("t", "my name is hello", credentials: [secret])
            let lines = try harness.lines("traffic/t.ndjson").map { try JSONValue(parsing: Array($0.utf8)) }
            #expect(Set(lines.compactMap { $0["from"]?.stringValue }) == ["agent", "octobot"])
            #expect(lines.contains { $0["line"]?.stringValue?.contains(#""content":"***""#) == true })
            #expect(!harness.lines("traffic/t.ndjson").joined().contains("my name is hello"))
        }
        try await run("text hello; result; state idle") { (harness) async throws in
            _ = try await harness.turn("t")
            #expect(!harness.exists("traffic"))
        }
    }
}
