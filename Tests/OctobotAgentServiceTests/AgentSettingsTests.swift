import AgentClientProtocol
import Foundation
import JSONText
import SandboxAgentAPI
import Testing
import UIMessageStream

@testable import OctobotAgentService

/// What reaches an agent of its settings (acp.md §6, §7, §10).
@Suite("An agent's settings", .timeLimit(.minutes(2)))
struct AgentSettingsTests {
    private static let resumes = #"{"sessionCapabilities":{"resume":{}}}"#
    private static let modes =
        #"{"modes":{"currentModeId":"default","availableModes":[{"id":"default","name":"D"},{"id":"plan","name":"P"}]}}"#

    private static func program(_ name: String, _ command: String = "sh") -> AgentSettings.Server {
        .init(
            name: name,
            access: .program(
                command: command,
                arguments: ["-c", "exit"],
                environment: [.init(name: "TOKEN", value: "tok-12345", isSecret: true)]
            )
        )
    }

    private static func remote(_ name: String, sse: Bool = false) -> AgentSettings.Server {
        let headers = [AgentSettings.Variable(name: "Authorization", value: "Bearer x", isSecret: true)]
        let url = "https://mcp.example.org/"
        return .init(name: name, access: sse ? .sse(url: url, headers: headers) : .http(url: url, headers: headers))
    }

    /// The params of the requests of a method, in their order.
    private static func requests(_ method: String, to harness: TurnHarness) throws -> [JSONValue] {
        try harness.lines("received").map { try JSONValue(parsing: Array($0.utf8)) }
            .filter { $0["method"]?.stringValue == method }.compactMap { $0["params"] }
    }

    private static func prompts(_ harness: TurnHarness) throws -> [[String]] {
        try requests("session/prompt", to: harness).map { params in
            (params["prompt"]?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }
        }
    }

    @Test("an MCP program is named to the agent with its absolute path and never started by us")
    func stdio() async throws {
        try await TurnHarness.run(onPrompt: "say hi; done_") { harness in
            let mark = harness.folder.path + "/started"
            let server = AgentSettings.Server(
                name: "marks",
                access: .program(command: "touch", arguments: [mark], environment: [])
            )
            let settings = AgentSettings(mcpServers: [Self.program("shell"), server])
            #expect(try await harness.turn("t", settings: settings).text == "hi")
            let servers = try #require(try Self.requests("session/new", to: harness).first?["mcpServers"]?.arrayValue)
            #expect(servers.count == 2)
            let command = try #require(servers[0]["command"]?.stringValue)
            #expect(command.hasPrefix("/") && command.hasSuffix("/sh"))
            #expect(
                servers[0] == [
                    "name": "shell", "command": .string(command), "args": ["-c", "exit"],
                    "env": [["name": "TOKEN", "value": "tok-12345"]],
                ]
            )
            #expect(servers[1]["args"] == [.string(mark)] && servers[1]["env"] == [])
            #expect(harness.lines("started").isEmpty)
            #expect(!harness.exists("started"))
        }
    }

    @Test("servers over http and sse are named to agents that announce them")
    func announced() async throws {
        let capabilities = #"{"mcpCapabilities":{"http":true,"sse":true}}"#
        try await TurnHarness.run(onPrompt: "say hi; done_", capabilities: capabilities) { (harness) async throws in
            let settings = AgentSettings(mcpServers: [Self.remote("a"), Self.remote("b", sse: true)])
            #expect(try await harness.turn("t", settings: settings).text == "hi")
            let headers: JSONValue = [["name": "Authorization", "value": "Bearer x"]]
            #expect(
                try Self.requests("session/new", to: harness).first?["mcpServers"] == [
                    ["type": "http", "name": "a", "url": "https://mcp.example.org/", "headers": headers],
                    ["type": "sse", "name": "b", "url": "https://mcp.example.org/", "headers": headers],
                ]
            )
        }
    }

    @Test("what the agent cannot reach is left out and said once")
    func leftOut() async throws {
        try await TurnHarness.run(onPrompt: "say hi; done_") { harness in
            let settings = AgentSettings(
                mcpServers: [Self.remote("a"), Self.remote("b", sse: true), Self.program("c", "no-such-program")]
            )
            let text = try await harness.turn("t", settings: settings).text
            #expect(
                text == """
                    The MCP server 'a' is left out: Custom does not reach MCP servers over http.
                    The MCP server 'b' is left out: Custom does not reach MCP servers over sse.
                    The MCP server 'c' is left out: its program 'no-such-program' is not in the sandbox.
                    hi
                    """
            )
            #expect(try Self.requests("session/new", to: harness).first?["mcpServers"] == [])
            #expect(try await harness.turn("t2", settings: settings).text == "hi")
        }
    }

    @Test("other servers open the session again, which is taken up; the same ones do not")
    func changed() async throws {
        try await TurnHarness.run(onPrompt: "say hi; done_", capabilities: Self.resumes) { harness in
            let first = AgentSettings(mcpServers: [Self.program("one")])
            _ = try await harness.turn("t1", settings: first)
            _ = try await harness.turn("t2", settings: first)
            _ = try await harness.turn("t3")
            #expect(harness.lines("starts").count == 1)
            #expect(
                try await harness.turn("t4", settings: AgentSettings(mcpServers: [Self.program("two")])).text == "hi"
            )
            #expect(harness.lines("starts").count == 2)
            let resumed = try #require(try Self.requests("session/resume", to: harness).first)
            #expect(resumed["sessionId"] == "s")
            #expect(resumed["mcpServers"]?.arrayValue?.first?["name"] == "two")
        }
    }

    @Test("a conversation that never began is not mourned")
    func neverBegan() async throws {
        try await TurnHarness.run(onPrompt: "say hi; done_") { harness in
            _ = try await harness.chat.models(credentials: nil)
            let settings = AgentSettings(mcpServers: [Self.program("one")])
            #expect(try await harness.turn("t", settings: settings).text == "hi")
            #expect(harness.lines("starts").count == 2)
        }
    }

    @Test("the mode is set before the prompt, once, and taken back when it is no longer wanted")
    func mode() async throws {
        try await TurnHarness.run(onPrompt: "say hi; done_", session: Self.modes) { harness in
            _ = try await harness.turn("t1", settings: AgentSettings(mode: "plan"))
            _ = try await harness.turn("t2", settings: AgentSettings(mode: "plan"))
            _ = try await harness.turn("t3", settings: AgentSettings())
            let set = try Self.requests("session/set_mode", to: harness)
            #expect(set == [["sessionId": "s", "modeId": "plan"], ["sessionId": "s", "modeId": "default"]])
            #expect(harness.lines("starts").count == 1)
        }
    }

    @Test("the mode a session began in is still known when it is taken up in another one")
    func firstMode() async throws {
        let resumed = Self.modes.replacing(#""currentModeId":"default""#, with: #""currentModeId":"plan""#)
        try await TurnHarness.run(
            onPrompt: "say hi; done_",
            setup: "resume() { answer '\(resumed)'; }",
            capabilities: #"{"sessionCapabilities":{"resume":{}}}"#,
            session: Self.modes
        ) { harness in
            _ = try await harness.turn("t1", settings: AgentSettings(mode: "plan"))
            let credentials = [AgentCredential(envVar: "K", value: "v")]
            _ = try await harness.turn("t2", credentials: credentials, settings: AgentSettings())
            let set = try Self.requests("session/set_mode", to: harness)
            #expect(set == [["sessionId": "s", "modeId": "plan"], ["sessionId": "s", "modeId": "default"]])
        }
    }

    @Test("the agent's own change of mode is known: the wanted one is set again")
    func modeChanged() async throws {
        let script = #"update '{"sessionUpdate":"current_mode_update","currentModeId":"default"}'; say hi; done_"#
        try await TurnHarness.run(onPrompt: script, session: Self.modes) { harness in
            _ = try await harness.turn("t1", settings: AgentSettings(mode: "plan"))
            _ = try await harness.turn("t2", settings: AgentSettings(mode: "plan"))
            #expect(try Self.requests("session/set_mode", to: harness).count == 2)
        }
    }

    @Test(
        "a mode that is not offered, or is refused, is said, and the turn goes on",
        arguments: [
            ("nowhere", modes, "", "The mode nowhere could not be chosen: Custom offers default, plan.\nhi"),
            ("plan", "{}", "", "The mode plan could not be chosen: Custom offers no modes.\nhi"),
            (
                "plan", modes, "setmode() { refuse -32602 no; }",
                "The mode plan could not be chosen: no\nhi"
            ),
        ]
    )
    func badMode(mode: String, session: String, setup: String, text: String) async throws {
        try await TurnHarness.run(onPrompt: "say hi; done_", setup: setup, session: session) { (harness) async throws in
            #expect(try await harness.turn("t", settings: AgentSettings(mode: mode)).text == text)
        }
    }

    @Test("a system prompt stands before the first prompt that goes by it, and not before a slash command")
    func systemPrompt() async throws {
        try await TurnHarness.run(onPrompt: "say hi; done_") { harness in
            let brief = AgentSettings(systemPrompt: "Be brief.")
            _ = try await harness.turn("t1", "/help", settings: brief)
            _ = try await harness.turn("t2", "one", settings: brief)
            _ = try await harness.turn("t3", "two", settings: brief)
            _ = try await harness.turn("t4", "three", settings: AgentSettings())
            _ = try await harness.turn("t5", "four", settings: AgentSettings())
            #expect(
                try Self.prompts(harness) == [
                    ["/help"], ["Instructions for this whole conversation:\n\nBe brief.", "one"], ["two"],
                    ["The instructions given at the beginning of this conversation no longer apply.", "three"],
                    ["four"],
                ]
            )
            #expect(harness.lines("starts").count == 1)
        }
    }

    @Test("an agent that reads the system prompt when its session opens gets it there")
    func metaSystemPrompt() async throws {
        try await TurnHarness.run(
            onPrompt: "say hi; done_",
            capabilities: Self.resumes,
            type: "demo"
        ) { (harness) async throws in
            _ = try await harness.turn("t1", "one", settings: AgentSettings(systemPrompt: "Be brief."))
            _ = try await harness.turn("t2", "two", settings: AgentSettings(systemPrompt: "Be long."))
            #expect(try Self.prompts(harness) == [["one"], ["two"]])
            let new = try Self.requests("session/new", to: harness).first
            #expect(new?["_meta"]?["systemPrompt"]?["append"] == "Be brief.")
            let resumed = try Self.requests("session/resume", to: harness).first
            #expect(resumed?["_meta"]?["systemPrompt"]?["append"] == "Be long.")
        }
    }

    @Test("secrets of MCP servers are masked in what a dying agent says")
    func masked() async throws {
        try await TurnHarness.run(onPrompt: "echo tok-12345 >&2; exit 3") { (harness) async throws in
            let settings = AgentSettings(mcpServers: [Self.program("one")])
            #expect(try await harness.turn("t", settings: settings).errorText == "Custom exited with status 3.\n***")
        }
    }

    @Test("an agent that never asks by itself is told to where a person is to be asked", arguments: ["ask", "auto"])
    func asking(mode: String) throws {
        let configuration = try AgentConfiguration(
            environment: ["OCTOBOT_AGENT_TYPE": "goose", "OCTOBOT_PERMISSION_MODE": mode],
            executable: "octobot-agent",
            directory: "/w",
            stateFolder: "/s"
        )
        #expect(configuration.environment["GOOSE_MODE"] == (mode == "ask" ? "approve" : nil))
    }
}
