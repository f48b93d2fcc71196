import AgentClientProtocol
import JSONText
import SandboxAgentAPI
import Testing
import UIMessageStream

@testable import OctobotAgentService

/// The peculiarities of agents in the field (acp.md §21, item 8).
@Suite("Agents as they are", .timeLimit(.minutes(2)))
struct ScriptedAgentTests {
    @Test("updates that trail the prompt's answer are part of the turn")
    func lateUpdates() async throws {
        let script =
            #"update '{"sessionUpdate":"tool_call","toolCallId":"c","status":"in_progress"}'; done_; sleep 0.05; update '{"sessionUpdate":"tool_call_update","toolCallId":"c","status":"completed","rawOutput":"late"}'"#
        try await TurnHarness.run(onPrompt: script) { harness in
            let chunks = try await harness.turn("t")
            #expect(chunks.contains(.toolOutputAvailable(toolCallID: "c", output: "late")))
        }
    }

    @Test("a call that stays open gets an end")
    func openCall() async throws {
        try await TurnHarness.run(
            onPrompt: #"update '{"sessionUpdate":"tool_call","toolCallId":"c","title":"T"}'; done_"#
        ) { harness in
            let chunks = try await harness.turn("t")
            #expect(chunks.contains(.toolOutputError(toolCallID: "c", errorText: "No result reported")))
            #expect(chunks.last == .finish(.stop))
        }
    }

    @Test("an update may be the first mention of a call, with {} before its input")
    func updateFirst() async throws {
        let script =
            #"update '{"sessionUpdate":"tool_call_update","toolCallId":"c","rawInput":{}}'; update '{"sessionUpdate":"tool_call_update","toolCallId":"c","rawInput":{"a":1},"status":"completed"}'; done_"#
        try await TurnHarness.run(onPrompt: script) { harness in
            let chunks = try await harness.turn("t")
            #expect(chunks.types.filter { $0 == "tool-input-available" }.count == 1)
            #expect(chunks.contains { if case .toolInputAvailable(_, ["a": 1]) = $0 { true } else { false } })
        }
    }

    static let permission =
        #"{"sessionId":"s","toolCall":{"toolCallId":"c","title":"rm"},"options":[{"optionId":"y","name":"Allow","kind":"allow_once"},{"optionId":"n","name":"Reject","kind":"reject_once"}]}"#

    @Test("a permission may be the first mention of a call; refused, nothing more is heard of it")
    func refusedAndSilent() async throws {
        let script =
            "ask 90 session/request_permission '\(Self.permission)'; read -r line; printf '%s\\n' \"$line\" >> \"$AGENT_FOLDER/answers\"; done_"
        try await TurnHarness.run(onPrompt: script) { harness in
            try await harness.start("t")
            let asked = try await harness.chunks("t") { $0.type == "tool-approval-request" }
            let id = try #require(asked.approvalIDs.first)
            #expect(asked.contains { if case .toolInputStart(let head) = $0 { head.toolCallID == "c" } else { false } })
            let question = try #require(harness.chat.question(id).question?.questions.first)
            #expect(question.question == "Allow: rm?")
            #expect(harness.chat.answer(.init(toolUseID: id, answers: [question.question: "Reject"])) == .taken)
            let chunks = try await harness.chunks("t")
            #expect(chunks.contains(.toolOutputDenied(toolCallID: "c")))
            #expect(
                chunks.contains { if case .toolOutputAvailable("ask-\(id)", _, _, _, _) = $0 { true } else { false } }
            )
            #expect(harness.lines("answers").first?.contains(#""optionId":"n""#) == true)
        }
    }

    @Test(
        "what a permission is asked for is told apart from the words of its question",
        arguments: [
            (#""kind":"execute","rawInput":{"command":"make test","timeout":1}"#, "Bash", "make test", nil),
            (#""kind":"execute","rawInput":{"command":["bash","-lc","make; ls"]}"#, "Bash", "make; ls", nil),
            (#""kind":"execute""#, "Bash", "rm", nil),
            (#""kind":"edit","rawInput":{"command":"create","path":"FOLDER/src/a.c"}"#, "Edit", nil, ["src/a.c"]),
            (#""kind":"edit","locations":[{"path":"/etc/hosts"},{"path":"./b"}]"#, "Edit", nil, ["/etc/hosts", "b"]),
        ] as [(String, String, String?, [String]?)]
    )
    func subject(members: String, tool: String, command: String?, paths: [String]?) async throws {
        let request = Self.permission.replacing(#""title":"rm""#, with: #""title":"rm",\#(members)"#)
            .replacing("FOLDER", with: "'\"$AGENT_FOLDER\"'")
        let script = "ask 90 session/request_permission '\(request)'; read -r line; done_"
        try await TurnHarness.run(onPrompt: script) { harness in
            try await harness.start("t")
            let asked = try await harness.chunks("t") { $0.type == "tool-approval-request" }
            let id = try #require(asked.approvalIDs.first)
            let question = try #require(harness.chat.question(id).question)
            let subject = try #require(question.subject)
            #expect(subject.tool == tool)
            #expect(subject.command == command)
            #expect(subject.paths == paths)
            #expect(subject.allow == ["Allow"])
            #expect(subject.deny == ["Reject"])
            let text = try #require(question.questions.first?.question)
            #expect(harness.chat.answer(.init(toolUseID: id, answers: [text: "Allow"])) == .taken)
            _ = try await harness.chunks("t")
        }
    }

    @Test("in mode plan a command is refused without a question, and the agent is put into its own plan mode")
    func planned() async throws {
        let request = Self.permission.replacing(#""title":"rm""#, with: #""title":"rm","kind":"execute""#)
        let script =
            "ask 90 session/request_permission '\(request)'; read -r line; printf '%s\\n' \"$line\" >> \"$AGENT_FOLDER/answers\"; done_"
        let modes =
            #"{"modes":{"currentModeId":"default","availableModes":[{"id":"default","name":"D"},{"id":"plan","name":"P"}]}}"#
        try await TurnHarness.run(onPrompt: script, session: modes, mode: .plan) { harness in
            let chunks = try await harness.turn("t")
            #expect(chunks.approvalIDs.isEmpty)
            #expect(chunks.contains(.toolOutputDenied(toolCallID: "c")))
            #expect(harness.lines("answers").first?.contains(#""optionId":"n""#) == true)
            #expect(
                harness.lines("received").contains {
                    $0.contains("session/set_mode") && $0.contains(#""modeId":"plan""#)
                }
            )
        }
    }

    @Test("two permissions wait at once and are answered out of order")
    func twoPermissions() async throws {
        let second = Self.permission.replacing("\"c\"", with: "\"d\"")
        let script =
            "ask 90 session/request_permission '\(Self.permission)'; ask 91 session/request_permission '\(second)'; read -r a; read -r b; printf '%s\\n%s\\n' \"$a\" \"$b\" >> \"$AGENT_FOLDER/answers\"; done_"
        try await TurnHarness.run(onPrompt: script) { harness in
            try await harness.start("t")
            var count = 0
            let asked = try await harness.chunks("t") { chunk in
                if chunk.type == "tool-approval-request" { count += 1 }
                return count == 2
            }
            for id in asked.approvalIDs.reversed() {
                #expect(harness.chat.answer(.init(toolUseID: id, answers: ["Allow: rm?": "Allow"])) == .taken)
                #expect(harness.chat.question(id).status == .answered)
            }
            _ = try await harness.chunks("t")
            #expect(harness.lines("answers").allSatisfy { $0.contains(#""optionId":"y""#) })
        }
    }

    @Test("policy auto answers by itself")
    func automatic() async throws {
        let script = "ask 90 session/request_permission '\(Self.permission)'; read -r line; say allowed; done_"
        try await TurnHarness.run(onPrompt: script, mode: .auto) { harness in
            let chunks = try await harness.turn("t")
            #expect(chunks.approvalIDs.isEmpty)
            #expect(chunks.text == "allowed")
        }
    }

    @Test("a line of two mebibytes arrives whole")
    func giantLine() async throws {
        let script =
            #"printf '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"'; head -c 2097152 /dev/zero | tr '\0' x; printf '"}}}}\n'; done_"#
        try await TurnHarness.run(onPrompt: script) { harness in
            let chunks = try await harness.turn("t")
            #expect(chunks.text.utf8.count == 2_097_152)
        }
    }

    @Test("what is no message on standard output is skipped")
    func noise() async throws {
        try await TurnHarness.run(onPrompt: "echo banner; echo '[1]'; say hi; done_", setup: "echo Welcome") {
            (harness) async throws in
            #expect(try await harness.turn("t").text == "hi")
        }
    }

    @Test("a crash in the middle ends the turn with the agent's last words, secrets masked; the next turn works")
    func crash() async throws {
        let script =
            #"if [ ! -e "$AGENT_FOLDER/crashed" ]; then touch "$AGENT_FOLDER/crashed"; say half; echo "no luck with $KEY" >&2; exit 3; fi; say whole; done_"#
        try await TurnHarness.run(onPrompt: script) { harness in
            let key = [AgentCredential(envVar: "KEY", value: "sk-secret")]
            let chunks = try await harness.turn("t", credentials: key)
            #expect(chunks.text == "half")
            #expect(chunks.errorText == "Custom exited with status 3.\nno luck with ***")
            #expect(chunks.last == .finish(.error))
            #expect(await harness.chat.status.error?.contains("sk-secret") == false)
            #expect(try await harness.turn("t2").text.hasSuffix("whole"))
        }
    }

    @Test("an error after our cancel counts as cancelled")
    func errorOnCancel() async throws {
        let script = "prompt=$id; say begun"
        let setup = "cancelled() { id=$prompt; refuse -32603 aborted; }"
        try await TurnHarness.run(onPrompt: script, setup: setup) { harness in
            try await harness.start("t")
            _ = try await harness.chunks("t") { $0.type == "text-delta" }
            #expect(await harness.chat.cancel(nil) == "t")
            let chunks = try await harness.chunks("t")
            #expect(chunks.last == .finish(.stop))
            #expect(chunks.errorText == nil)
            #expect(harness.lines("starts").count == 1)
        }
    }

    @Test("an agent that does not react to a cancel is killed, and started again when needed")
    func stuck() async throws {
        let script = #"if [ $(wc -l < "$AGENT_FOLDER/starts") = 1 ]; then say begun; sleep 60; fi; say again; done_"#
        try await TurnHarness.run(onPrompt: script) { harness in
            try await harness.start("t")
            _ = try await harness.chunks("t") { $0.type == "text-delta" }
            #expect(await harness.chat.cancel("t") == "t")
            #expect(try await harness.chunks("t").last == .finish(.stop))
            #expect(try await harness.turn("t2").text.hasSuffix("again"))
            #expect(harness.lines("starts").count == 2)
        }
    }

    @Test("a cancel closes questions, answered as cancelled")
    func cancelQuestion() async throws {
        let script =
            "ask 90 session/request_permission '\(Self.permission)'; read -r a; read -r b; printf '%s\\n%s\\n' \"$a\" \"$b\" >> \"$AGENT_FOLDER/answers\"; answer '{\"stopReason\":\"cancelled\"}'"
        try await TurnHarness.run(onPrompt: script) { harness in
            try await harness.start("t")
            let asked = try await harness.chunks("t") { $0.type == "tool-approval-request" }
            let id = try #require(asked.approvalIDs.first)
            #expect(await harness.chat.status.isRunning)
            #expect(await harness.chat.cancel("t") == "t")
            let chunks = try await harness.chunks("t")
            #expect(chunks.contains(.toolOutputDenied(toolCallID: "ask-\(id)")))
            #expect(harness.chat.question(id).status == .expired)
            #expect(harness.lines("answers").contains { $0.contains(#""outcome":"cancelled""#) })
        }
    }

    @Test("a replay, also one that goes on after the answer, is not part of the next turn")
    func replay() async throws {
        let setup = #"load() { say old; answer null; sleep 0.05; say older; }"#
        try await TurnHarness.run(
            onPrompt: "say new; done_",
            setup: setup,
            capabilities: #"{"loadSession":true}"#,
            type: "gemini-cli"
        ) { harness in
            _ = try await harness.turn("t")
            #expect(try await harness.turn("t2", credentials: [.init(envVar: "K", value: "v")]).text == "new")
            #expect(harness.lines("received").contains { $0.contains("session/load") })
        }
    }

    @Test("changed credentials restart the agent and resume its session; the same ones do not")
    func credentials() async throws {
        try await TurnHarness.run(
            onPrompt: #"say "key=$KEY other=$OTHER"; done_"#,
            capabilities: #"{"sessionCapabilities":{"resume":{}}}"#
        ) { (harness) async throws in
            let one = [AgentCredential(envVar: "KEY", value: "one")]
            #expect(try await harness.turn("a", credentials: one).text == "key=one other=")
            #expect(try await harness.turn("b", credentials: nil).text == "key=one other=")
            #expect(try await harness.turn("c", credentials: one).text == "key=one other=")
            #expect(harness.lines("starts").count == 1)
            #expect(
                try await harness.turn("d", credentials: [.init(envVar: "OTHER", value: "two")]).text
                    == "key= other=two"
            )
            #expect(try await harness.turn("e", credentials: []).text == "key= other=")
            #expect(harness.lines("starts").count == 3)
            #expect(harness.lines("received").count { $0.contains("session/resume") } == 2)
        }
    }

    @Test("a lost conversation is told, once")
    func lostContext() async throws {
        try await TurnHarness.run(onPrompt: "say hi; done_") { (harness) async throws in
            #expect(try await harness.turn("a").text == "hi")
            let told = try await harness.turn("b", credentials: [.init(envVar: "K", value: "v")]).text
            #expect(told.hasPrefix("The agent could not take up the earlier conversation"))
            #expect(try await harness.turn("c").text == "hi")
        }
    }

    @Test("news about a call of an earlier turn is dropped")
    func oldCalls() async throws {
        let script =
            #"update '{"sessionUpdate":"tool_call_update","toolCallId":"c","status":"completed"}'; say hi; done_"#
        try await TurnHarness.run(onPrompt: script) { (harness) async throws in
            #expect(try await harness.turn("a").types.contains("tool-output-available"))
            #expect(try await !harness.turn("b").types.contains("tool-output-available"))
        }
    }

    @Test("a form is a question; its answers go back as values")
    func elicitation() async throws {
        let form =
            #"{"sessionId":"s","mode":"form","message":"Which?","requestedSchema":{"type":"object","required":["q"],"properties":{"q":{"type":"string","oneOf":[{"const":"pg","title":"Postgres"}]}}}}"#
        let script =
            "ask 90 elicitation/create '\(form)'; read -r line; printf '%s\\n' \"$line\" >> \"$AGENT_FOLDER/answers\"; done_"
        try await TurnHarness.run(onPrompt: script) { harness in
            try await harness.start("t")
            let asked = try await harness.chunks("t") { $0.type == "tool-approval-request" }
            let id = try #require(asked.approvalIDs.first)
            #expect(harness.chat.answer(.init(toolUseID: id, answers: ["Which?": ""])) != .taken)
            #expect(harness.chat.answer(.init(toolUseID: id, answers: ["Which?": "Postgres"])) == .taken)
            let chunks = try await harness.chunks("t")
            let output: JSONValue = ["answers": ["Which?": "Postgres"]]
            #expect(chunks.contains(.toolOutputAvailable(toolCallID: "ask-\(id)", output: output)))
            #expect(harness.lines("answers").first?.contains(#""content":{"q":"pg"}"#) == true)
        }
    }

    @Test("half a character or a huge number in an update does not lose the update")
    func lenient() async throws {
        let script =
            #"say 'cut \ud83d'; update '{"sessionUpdate":"tool_call_update","toolCallId":"c","rawInput":{"n":18446744073709551615},"status":"completed"}'; done_"#
        try await TurnHarness.run(onPrompt: script) { harness in
            let chunks = try await harness.turn("t")
            #expect(chunks.text == "cut \u{FFFD}")
            let number: JSONValue = .number(0x1p64)
            #expect(chunks.contains { if case .toolInputAvailable(_, ["n": number]) = $0 { true } else { false } })
            #expect(chunks.last == .finish(.stop))
        }
    }

    @Test("an answer that cannot be read ends the turn, it does not hang it")
    func unreadableAnswer() async throws {
        let script = #"say begun; answer '{"stopReason":"end_turn","stopReason":"end_turn"}'"#
        try await TurnHarness.run(onPrompt: script) { harness in
            let chunks = try await harness.turn("t")
            #expect(chunks.errorText?.contains("duplicate member name") == true)
            #expect(chunks.last == .finish(.error))
        }
    }

    @Test("the commands of the agent are told by the state of the service, which has none before it runs")
    func commands() async throws {
        let update =
            #"{"sessionUpdate":"available_commands_update","availableCommands":[{"name":"plan","description":""},{"name":"octobot-commit","description":""}]}"#
        try await TurnHarness.run(onPrompt: "update '\(update)'; done_") { harness in
            #expect(await harness.chat.health(version: "0").agent?.commands == nil)
            _ = try await harness.turn("t")
            #expect(await harness.chat.health(version: "0").agent?.commands == ["octobot-commit", "plan"])
        }
        try await TurnHarness.run(onPrompt: "done_") { harness in
            _ = try await harness.turn("t")
            #expect(await harness.chat.health(version: "0").agent?.commands == [])
        }
    }

    @Test("a missing command and a missing credential are told in words")
    func failures() async throws {
        try await TurnHarness.run(onPrompt: "", command: ["no-such-agent"]) { harness in
            let text = try await harness.turn("t").errorText
            #expect(text?.contains("'no-such-agent' was not found") == true)
        }
        try await TurnHarness.run(onPrompt: "refuse -32000 'log in'", type: "gemini-cli") { harness in
            let text = try await harness.turn("t").errorText
            #expect(text?.contains("GEMINI_API_KEY") == true)
        }
    }

    @Test("only one turn runs; the same key is accepted again")
    func oneTurn() async throws {
        try await TurnHarness.run(onPrompt: "prompt=$id; say begun", setup: "cancelled() { id=$prompt; done_; }") {
            harness in
            #expect(try await harness.start("a") == .accepted)
            #expect(try await harness.start("a") == .accepted)
            #expect(try await harness.start("b") == .conflict(running: "a"))
            _ = try await harness.chunks("a") { $0.type == "text-delta" }
            #expect(await harness.chat.cancel("b") == nil)
            #expect(await harness.chat.cancel("a") == "a")
            #expect(try await harness.chunks("a").last == .finish(.stop))
            #expect(try await harness.start("a") == .accepted)
            #expect(harness.lines("received").count { $0.contains("session/prompt") } == 1)
        }
    }
}
