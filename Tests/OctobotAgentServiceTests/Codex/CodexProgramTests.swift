import JSONText
import SandboxAgentAPI
import Testing
import UIMessageStream

@testable import OctobotAgentService

/// The driver `codex` against a scripted app server; the real one is driven by the end-to-end tests.
@Suite("the codex driver", .timeLimit(.minutes(2)))
struct CodexProgramTests {
    @Test("a text turn: the thread is opened without a sandbox of its own, the key is named and not written")
    func text() async throws {
        try await CodexScript.run(onTurn: "say Hel; say lo; end") { harness in
            let key = [AgentCredential(envVar: "OPENAI_API_KEY", value: "sk-secret")]
            let chunks = try await harness.turn("t", "Hi", credentials: key)
            #expect(chunks.text == "Hello")
            #expect(chunks.last == .finish(.stop))
            #expect(await harness.chat.health(version: "0").agent?.version == "1.2.3")
            let received = harness.lines("received")
            let opened = try JSONValue(
                parsing: Array(try #require(received.first { $0.contains("thread/start") }).utf8)
            )
            #expect(opened["params"]?["sandbox"] == "danger-full-access")
            #expect(opened["params"]?["approvalPolicy"] == "untrusted")
            let config = opened["params"]?["config"]
            #expect(config?["model_provider"] == "octobot")
            #expect(config?["model_providers.octobot"]?["env_key"] == "OPENAI_API_KEY")
            #expect(!received.contains { $0.contains("sk-secret") })
            #expect(received.contains { $0.contains(#""method":"initialized""#) })
            let turn = try #require(received.first { $0.contains("turn/start") })
            #expect(turn.contains(#""text":"Hi""#))
        }
    }

    static let command =
        #"{"threadId":"th","turnId":"tu","itemId":"c","command":"/bin/sh -lc 'make'","commandActions":[{"type":"unknown","command":"make"}],"cwd":"/w","reason":"It builds."}"#

    @Test(
        "a command is asked about and the answer goes back",
        arguments: [
            ("Allow", "accept"), ("Allow for this session", "acceptForSession"), ("Deny", "decline"),
            ("never mind", "decline"),
        ]
    )
    func approval(label: String, decision: String) async throws {
        let script = "ask 90 item/commandExecution/requestApproval '\(Self.escaped(Self.command))'; take; end"
        try await CodexScript.run(onTurn: script) { harness in
            try await harness.start("t")
            let asked = try await harness.chunks("t") { $0.type == "tool-approval-request" }
            let id = try #require(asked.approvalIDs.first)
            let question = try #require(harness.chat.question(id).question?.questions.first)
            #expect(question.question == "Allow: make?\n\nIt builds.")
            #expect(harness.chat.answer(.init(toolUseID: id, answers: [question.question: label])) == .taken)
            let chunks = try await harness.chunks("t")
            #expect(chunks.contains(.toolOutputDenied(toolCallID: "c")) == (decision == "decline"))
            let reply = try JSONValue(parsing: Array(try #require(harness.lines("replies").first).utf8))
            #expect(reply["id"] == 90)
            #expect(reply["result"] == ["decision": .string(decision)])
        }
    }

    /// For a shell's single quotes.
    private static func escaped(_ text: String) -> String { text.replacing("'", with: #"'\''"#) }

    @Test("in mode auto nothing is asked for: Codex is told never to, and what comes all the same is allowed")
    func automatic() async throws {
        let script =
            #"ask 90 item/fileChange/requestApproval '{"threadId":"th","itemId":"f"}'; take; end"#
        try await CodexScript.run(onTurn: script, mode: .auto) { harness in
            let chunks = try await harness.turn("t")
            #expect(chunks.approvalIDs.isEmpty)
            #expect(harness.lines("replies").first?.contains(#""decision":"accept""#) == true)
            #expect(harness.lines("received").contains { $0.contains(#""approvalPolicy":"never""#) })
        }
    }

    @Test("questions of the agent are a form, answered by their ids")
    func questions() async throws {
        let script =
            #"ask 7 item/tool/requestUserInput '{"threadId":"th","turnId":"tu","itemId":"q","questions":[{"id":"colour","header":"Colour","question":"Which colour?","isOther":true,"options":[{"label":"Red","description":"warm"},{"label":"Blue","description":"cold"}]}]}'; take; end"#
        try await CodexScript.run(onTurn: script) { harness in
            try await harness.start("t")
            let asked = try await harness.chunks("t") { $0.type == "tool-approval-request" }
            let id = try #require(asked.approvalIDs.first)
            let question = try #require(harness.chat.question(id).question?.questions.first)
            #expect(question.question == "Which colour?")
            #expect(question.options.map(\.label) == ["Red", "Blue"])
            #expect(harness.chat.answer(.init(toolUseID: id, answers: ["Which colour?": "Blue"])) == .taken)
            _ = try await harness.chunks("t")
            let reply = try JSONValue(parsing: Array(try #require(harness.lines("replies").first).utf8))
            #expect(reply["result"] == ["answers": ["colour": ["answers": ["Blue"]]]])
        }
    }

    @Test("noise, unknown notifications, two objects in a line and a line of twenty megabytes end no turn")
    func noise() async throws {
        let script =
            #"echo nonsense; echo '{"method":'; tell item/ofTomorrow '{"threadId":"th","x":[1]}'; tell error '{"threadId":"th","error":{"message":"Reconnecting... 1/5","codexErrorInfo":"other"},"willRetry":true}'; printf '{"method":"x/y"}{"method":"item/agentMessage/delta","params":{"threadId":"th","itemId":"m","delta":"two "}}\n'; printf '{"method":"item/agentMessage/delta","params":{"threadId":"th","itemId":"m","delta":"'; head -c 20000000 /dev/zero | tr '\0' x; printf '"}}\n'; tell item/agentMessage/delta '{"threadId":"another","itemId":"m","delta":"not ours"}'; end"#
        try await CodexScript.run(onTurn: script) { harness in
            let chunks = try await harness.turn("t")
            #expect(chunks.last == .finish(.stop))
            #expect(chunks.text.utf8.count == 20_000_004)
        }
    }

    @Test("an end in the middle of a turn is told with its last words; the next turn takes the thread up again")
    func exit() async throws {
        let script =
            #"if [ ! -e "$AGENT_FOLDER/crashed" ]; then touch "$AGENT_FOLDER/crashed"; say half; ask 90 item/fileChange/requestApproval '{"threadId":"th","itemId":"f"}'; take; echo "no luck with $CODEX_API_KEY" >&2; exit 3; fi; say whole; end"#
        try await CodexScript.run(onTurn: script, mode: .auto) { harness in
            let key = [AgentCredential(envVar: "CODEX_API_KEY", value: "sk-secret")]
            let chunks = try await harness.turn("t", credentials: key)
            #expect(chunks.text == "half")
            #expect(chunks.errorText == "Codex exited with status 3.\nno luck with ***")
            #expect(try await harness.turn("t2").text == "whole")
            let resumed = harness.lines("received").first { $0.contains("thread/resume") }
            #expect(resumed?.contains(#""threadId":"th""#) == true)
        }
    }

    @Test("a thread that is gone is begun anew, which the person is told")
    func lostThread() async throws {
        let setup = #"resume() { refuse -32600 "no rollout found"; }"#
        try await CodexScript.run(onTurn: "say hi; end", setup: setup) { (harness) async throws in
            #expect(try await harness.turn("a").text == "hi")
            let told = try await harness.turn("b", credentials: [.init(envVar: "K", value: "v")]).text
            #expect(told.hasPrefix("The agent could not take up the earlier conversation"))
            #expect(told.hasSuffix("hi"))
        }
    }

    @Test("a cancel interrupts the turn")
    func cancel() async throws {
        try await CodexScript.run(onTurn: "say begun") { harness in
            try await harness.start("t")
            _ = try await harness.chunks("t") { $0.type == "text-delta" }
            #expect(await harness.chat.cancel("t") == "t")
            let chunks = try await harness.chunks("t")
            #expect(chunks.text == "begun")
            #expect(chunks.errorText == nil)
            #expect(harness.lines("starts").count == 1)
            let interrupt = try #require(harness.lines("received").first { $0.contains("turn/interrupt") })
            #expect(interrupt.contains(#""turnId":"tu""#))
        }
    }

    @Test("a refused key ends the turn at once with what to check, without Codex's further attempts")
    func refused() async throws {
        let error =
            #"{"message":"Reconnecting... 1/5","codexErrorInfo":{"responseStreamDisconnected":{"httpStatusCode":401}},"additionalDetails":"unexpected status 401 Unauthorized: Incorrect API key provided: sk-secret"}"#
        let script = #"tell error '{"threadId":"th","turnId":"tu","willRetry":true,"error":\#(error)}'"#
        try await CodexScript.run(onTurn: script) { harness in
            let key = [AgentCredential(envVar: "OPENAI_API_KEY", value: "sk-secret")]
            let chunks = try await harness.turn("t", credentials: key)
            #expect(
                chunks.errorText == """
                    Codex's credential was refused: check CODEX_API_KEY or OPENAI_API_KEY. (unexpected status 401 \
                    Unauthorized: Incorrect API key provided: ***)
                    """
            )
            #expect(chunks.last == .finish(.error))
        }
    }

    @Test("a usage limit is told as one")
    func usageLimit() async throws {
        let script = #"end failed '{"message":"You have hit your limit","codexErrorInfo":"usageLimitExceeded"}'"#
        try await CodexScript.run(onTurn: script) { harness in
            let text = try await harness.turn("t").errorText
            #expect(
                text == "Codex's usage limit is reached: try again later or raise it. (You have hit your limit)"
            )
        }
    }

    @Test("model, effort and mode go with the turn; what is not offered is told")
    func choices() async throws {
        try await CodexScript.run(onTurn: "say hi; end") { harness in
            let models = try await harness.chat.models(credentials: nil)
            #expect(models.models.map(\.id) == ["codex:big", "codex:small"])
            func turn(_ id: String, model: String?, reasoning: String?, mode: String? = nil) async throws -> String {
                _ = try await harness.chat.start(
                    .init(
                        turn: id,
                        message: ["id": "u", "role": "user", "parts": [["type": "text", "text": "go"]]],
                        model: model,
                        reasoning: reasoning,
                        settings: AgentSettings(mode: mode)
                    )
                )
                return try await harness.chunks(id).text
            }
            #expect(try await turn("a", model: nil, reasoning: "enabled", mode: "auto") == "hi")
            #expect(try await turn("b", model: "codex:small", reasoning: "enabled") == "hi")
            #expect(try await turn("c", model: "codex:none", reasoning: nil).hasPrefix("The model none could not"))
            let turns = try harness.lines("received").filter { $0.contains("turn/start") }
                .map { try JSONValue(parsing: Array($0.utf8))["params"] ?? .null }
            #expect(turns.map { $0["model"] } == ["big", "small", "small"])
            #expect(turns.map { $0["effort"] } == ["high", nil, nil])
            #expect(turns.map { $0["approvalPolicy"] } == ["never", "untrusted", "untrusted"])
        }
    }
}
