import AgentClientProtocol
import JSONText
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

/// Notifications of the app server as updates; the texts are those the real program has written.
@Suite("what codex tells")
struct CodexMapperTests {
    private func updates(_ notifications: [(String, String)]) throws -> [SessionUpdate] {
        var mapper = CodexMapper()
        mapper.begin()
        return try notifications.flatMap { method, params in
            mapper.updates(method, try JSONValue(parsing: Array(params.utf8)))
        }
    }

    private func calls(_ notifications: [(String, String)]) throws -> [ToolCallUpdate] {
        try updates(notifications).compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
    }

    @Test("a message comes in pieces and is not said twice; one without pieces is said whole")
    func messages() throws {
        let found = try updates([
            ("item/started", #"{"item":{"type":"agentMessage","id":"a","text":""}}"#),
            ("item/agentMessage/delta", #"{"itemId":"a","delta":"I "}"#),
            ("item/agentMessage/delta", #"{"itemId":"a","delta":"will."}"#),
            ("item/completed", #"{"item":{"type":"agentMessage","id":"a","text":"I will."}}"#),
            ("item/completed", #"{"item":{"type":"agentMessage","id":"b","text":"Whole."}}"#),
            ("item/completed", #"{"item":{"type":"userMessage","id":"u","content":[]}}"#),
        ])
        #expect(
            found == [
                .agentMessage(.text("I "), messageID: "a"), .agentMessage(.text("will."), messageID: "a"),
                .agentMessage(.text("Whole."), messageID: "b"),
            ]
        )
    }

    @Test("thoughts are told part by part")
    func thoughts() throws {
        let found = try updates([
            ("item/reasoning/summaryTextDelta", #"{"itemId":"r","delta":"First","summaryIndex":0}"#),
            ("item/reasoning/summaryTextDelta", #"{"itemId":"r","delta":"Second","summaryIndex":1}"#),
            ("item/completed", #"{"item":{"type":"reasoning","id":"r","summary":["First","Second"],"content":[]}}"#),
            ("item/completed", #"{"item":{"type":"reasoning","id":"s","summary":[],"content":["Raw"]}}"#),
        ])
        #expect(
            found == [
                .agentThought(.text("First"), messageID: "r/0"), .agentThought(.text("Second"), messageID: "r/1"),
                .agentThought(.text("Raw"), messageID: "s/0"),
            ]
        )
    }

    @Test("a command: its line without the shell, its output, and its exit status when that is not 0")
    func commands() throws {
        let started =
            #"{"item":{"type":"commandExecution","id":"c","command":"/bin/bash -lc 'make x'","cwd":"/w","status":"inProgress","commandActions":[{"type":"unknown","command":"make x"}],"aggregatedOutput":null,"exitCode":null}}"#
        let failed = started.replacing("inProgress", with: "failed").replacing(
            #""exitCode":null"#,
            with: #""exitCode":3"#
        )
        let found = try calls([
            ("item/started", started),
            ("item/commandExecution/outputDelta", #"{"itemId":"c","delta":"line 1\n"}"#),
            ("item/commandExecution/outputDelta", #"{"itemId":"c","delta":"line 2\n"}"#),
            ("item/completed", failed),
        ])
        #expect(found.map(\.status) == [.inProgress, .failed])
        #expect(found[0].title == "make x")
        #expect(found[0].rawInput == ["command": "make x", "cwd": "/w"])
        #expect(found[0].rawOutput == nil)
        #expect(found[1].rawOutput == ["output": "line 1\nline 2\nExit status 3", "exitCode": 3])
        let whole = failed.replacing("failed", with: "completed").replacing(#""exitCode":3"#, with: #""exitCode":0"#)
            .replacing(#""aggregatedOutput":null"#, with: #""aggregatedOutput":"all\n""#)
        #expect(try calls([("item/completed", whole)]).first?.rawOutput == ["output": "all\n", "exitCode": 0])
    }

    @Test("changes of files are diffs: new ones whole, changed ones by their hunks")
    func changes() throws {
        let item =
            #"{"item":{"type":"fileChange","id":"f","status":"completed","changes":[{"path":"/w/new.txt","kind":{"type":"add"},"diff":"hello\n"},{"path":"/w/old.txt","kind":{"type":"delete"},"diff":"bye\n"},{"path":"/w/a.txt","kind":{"type":"update","move_path":null},"diff":"@@ -1,2 +1,2 @@\n one\n-two\n+zwei\n"}]}}"#
        let call = try #require(try calls([("item/completed", item)]).first)
        #expect(call.kind == "edit" && call.status == .completed)
        #expect(call.title == "Edit new.txt, old.txt, a.txt")
        #expect(
            call.content == [
                ["type": "diff", "path": "/w/new.txt", "newText": "hello\n"],
                ["type": "diff", "path": "/w/old.txt", "oldText": "bye\n", "newText": ""],
                ["type": "diff", "path": "/w/a.txt", "oldText": "one\ntwo\n", "newText": "one\nzwei\n"],
            ]
        )
    }

    @Test("a call of an MCP server carries its name, its input and what came of it")
    func servers() throws {
        let item =
            #"{"item":{"type":"mcpToolCall","id":"m","server":"files","tool":"read","status":"completed","arguments":{"p":1},"result":{"content":[{"type":"text","text":"found"}]},"error":null}}"#
        let call = try #require(try calls([("item/completed", item)]).first)
        #expect(call.toolName == "mcp__files__read")
        #expect(call.rawInput == ["p": 1])
        #expect(call.content == [["type": "content", "content": ["type": "text", "text": "found"]]])
        let failed = item.replacing("completed", with: "failed").replacing(
            #""error":null"#,
            with: #""error":{"message":"no"}"#
        )
        #expect(try calls([("item/completed", failed)]).first?.status == .failed)
    }

    @Test("plan and tokens of the turn alone")
    func planAndTokens() throws {
        #expect(
            try updates([("turn/plan/updated", #"{"plan":[{"step":"one","status":"inProgress"}]}"#)])
                == [.plan(entries: [["content": "one", "priority": "medium", "status": "in_progress"]])]
        )
        func usage(_ total: Int) -> (String, String) {
            (
                "thread/tokenUsage/updated",
                #"{"tokenUsage":{"total":{"totalTokens":\#(total),"inputTokens":\#(total),"outputTokens":0},"last":{"totalTokens":7},"modelContextWindow":1000}}"#
            )
        }
        var mapper = CodexMapper()
        _ = mapper.updates(usage(100).0, try JSONValue(parsing: Array(usage(100).1.utf8)))
        mapper.begin()
        let found = mapper.updates(usage(130).0, try JSONValue(parsing: Array(usage(130).1.utf8)))
        #expect(
            found == [
                .usage(["used": 7, "size": 1000, "totalTokens": 30, "inputTokens": 30, "outputTokens": 0])
            ]
        )
    }

    @Test(
        "what is not known, or not whole, is passed over",
        arguments: [
            "{}", "null", "[]", #"{"item":null}"#, #"{"item":{"type":"ofTomorrow","id":"x"}}"#,
            #"{"item":{"type":"commandExecution"}}"#, #"{"itemId":3,"delta":[]}"#, #"{"plan":{},"tokenUsage":1}"#,
        ]
    )
    func strangers(params: String) throws {
        for method in [
            "item/started", "item/completed", "item/agentMessage/delta", "item/reasoning/textDelta",
            "item/commandExecution/outputDelta", "item/fileChange/patchUpdated", "thread/tokenUsage/updated",
        ] {
            #expect(try updates([(method, params)]) == [])
        }
        #expect(try updates([("some/thing", params)]) == [.ignored("some/thing")])
    }
}

@Suite("how codex is opened")
struct CodexSetupTests {
    private func setup(_ environment: [String: String], hasOwnProvider: Bool = false) -> JSONValue {
        CodexSetup(
            setup: SessionSetup(
                cwd: "/w",
                mcpServers: [
                    .init(
                        name: "files",
                        access: .stdio(command: "/bin/f", args: ["a"], env: [.init(name: "K", value: "v")])
                    ),
                    .init(name: "far", access: .http(url: "https://x", headers: [.init(name: "H", value: "s")])),
                ],
                meta: ["systemPrompt": ["append": "Be brief."]]
            ),
            approvalPolicy: "never",
            hasOwnProvider: hasOwnProvider,
            environment: environment,
            keyVariables: ["CODEX_API_KEY", "OPENAI_API_KEY"]
        ).params("th")
    }

    @Test("MCP servers, the system prompt and the thread's id stand in the params")
    func params() {
        let params = setup([:])
        #expect(params["threadId"] == "th" && params["excludeTurns"] == true)
        #expect(params["developerInstructions"] == "Be brief.")
        #expect(
            params["config"]?["mcp_servers"] == [
                "files": ["command": "/bin/f", "args": ["a"], "env": ["K": "v"]],
                "far": ["url": "https://x", "http_headers": ["H": "s"]],
            ]
        )
        #expect(params["config"]?["model_provider"] == nil)
        #expect(params["config"]?["features.shell_snapshot"] == false)
    }

    @Test("the provider is ours with a key or an address, and the person's own goes first")
    func provider() {
        let name = "model_providers.octobot"
        let both = setup(["CODEX_API_KEY": "", "OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://h/v1"])["config"]
        #expect(both?[name]?["base_url"] == "http://h/v1")
        #expect(both?[name]?["env_key"] == "OPENAI_API_KEY")
        let key = setup(["CODEX_API_KEY": "k"])["config"]
        #expect(key?[name]?["base_url"] == "https://api.openai.com/v1")
        #expect(key?[name]?["env_key"] == "CODEX_API_KEY")
        let address = setup(["OPENAI_BASE_URL": "http://h/v1"])["config"]
        #expect(address?[name]?["env_key"] == nil && address?[name]?["base_url"] == "http://h/v1")
        #expect(setup(["CODEX_API_KEY": "k"], hasOwnProvider: true)["config"]?[name] == nil)
    }
}
