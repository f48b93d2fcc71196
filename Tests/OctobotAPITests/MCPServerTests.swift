import JSONText
import OctobotModel
import Testing

@testable import OctobotAPI

@Suite("MCP servers as params", .timeLimit(.minutes(1)))
struct MCPServerTests {
    static let refused: [(JSONValue, String, String)] = [
        (["name": "a"], "/mcpServers/0/transport", "required"),
        (["transport": "pipe", "name": "a"], "/mcpServers/0/transport", "enum"),
        (["transport": "stdio", "name": "a"], "/mcpServers/0/command", "required"),
        (["transport": "stdio", "name": "a b", "command": "x"], "/mcpServers/0/name", "pattern"),
        (["transport": "stdio", "name": "", "command": "x"], "/mcpServers/0/name", "minLength"),
        (["transport": "stdio", "name": "a", "command": ["x"]], "/mcpServers/0/command", "type"),
        (
            ["transport": "stdio", "name": "a", "command": "x", "url": "http://h/"], "/mcpServers/0/url",
            "additionalProperties"
        ),
        (
            ["transport": "stdio", "name": "a", "command": "x", "env": [["name": "1X", "value": ""]]],
            "/mcpServers/0/env/0/name", "pattern"
        ),
        (
            ["transport": "stdio", "name": "a", "command": "x", "env": [["name": "X"]]],
            "/mcpServers/0/env/0/value", "required"
        ),
        (
            [
                "transport": "stdio", "name": "a", "command": "x",
                "env": [["name": "X", "value": "", "credential": "p"]],
            ],
            "/mcpServers/0/env/0/credential", "oneOf"
        ),
        (["transport": "http", "name": "a"], "/mcpServers/0/url", "required"),
        (["transport": "http", "name": "a", "url": "nowhere"], "/mcpServers/0/url", "format"),
        (
            ["transport": "sse", "name": "a", "url": "http://h/", "headers": [["name": "A:", "value": ""]]],
            "/mcpServers/0/headers/0/name", "pattern"
        ),
        (
            ["transport": "http", "name": "a", "url": "http://h/", "command": "x"], "/mcpServers/0/command",
            "additionalProperties"
        ),
    ]

    @Test("are refused with the place and the rule they break", arguments: refused)
    func refuse(server: JSONValue, pointer: String, rule: String) {
        let params: JSONValue = ["agentId": "a1", "mcpServers": [server]]
        let fault = #expect(throws: Fault.self) { try UpdateAgent.Params.schema.validate(params, mode: .strict) }
        #expect(fault?.details["pointer"] == .string(pointer))
        #expect(fault?.details["rule"] == .string(rule))
    }

    @Test("absent, null and a value are three things in an update")
    func patch() throws {
        let text = #"{"agentId":"a1","mode":null,"model":"m"}"#
        let params = try JSONCoding.decode(UpdateAgent.Params.self, from: text.utf8)
        #expect(params.mode == .null && params.model == .value("m") && params.systemPrompt == .absent)
        #expect(params.mcpServers == nil)
        let again = try JSONCoding.encode(params)
        #expect(try JSONValue(parsing: again) == ["agentId": "a1", "mode": .null, "model": "m"])
    }
}
