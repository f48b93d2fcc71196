import AgentClientProtocol
import JSONText
import Testing

@Suite("ACP values")
struct ACPValueTests {
    @Test("updates survive writing and reading")
    func updates() throws {
        let call = ToolCallUpdate(
            id: "c",
            title: "T",
            kind: "edit",
            status: .inProgress,
            content: [],
            locations: [["path": "/a"]],
            rawInput: ["x": 1],
            rawOutput: "o",
            toolName: "Write"
        )
        let all: [SessionUpdate] = [
            .agentMessage(.text("hi"), messageID: "m"),
            .agentThought(.image(data: "AA==", mimeType: "a/b"), messageID: nil),
            .toolCall(call), .plan(entries: [["content": "x"]]), .availableCommands(["a"]),
            .configOptions([
                ConfigOption(id: "m", category: "model", currentValue: "x", choices: [.init(value: "x", name: "X")])
            ]),
            .usage(["used": 1]),
        ]
        for update in all { #expect(SessionUpdate(try #require(update.json)) == update) }
    }

    @Test(
        "what is unknown, mistyped or null is ignored",
        arguments: [
            JSONValue.null, [:], ["sessionUpdate": "novelty"], ["sessionUpdate": "tool_call"],
            ["sessionUpdate": "agent_message_chunk", "content": ["type": "hologram"]],
            ["sessionUpdate": 7],
        ]
    )
    func lenient(json: JSONValue) {
        guard case .ignored = SessionUpdate(json) else {
            Issue.record("\(SessionUpdate(json))")
            return
        }
    }

    @Test("null members of a call count as absent")
    func nullMembers() throws {
        let call = try #require(ToolCallUpdate(["toolCallId": "c", "title": nil, "rawInput": nil, "status": "odd"]))
        #expect(call == ToolCallUpdate(id: "c"))
    }

    @Test("models come from options, groups flattened, else from the older list")
    func models() {
        let grouped = SessionOptions([
            "configOptions": [
                [
                    "id": "model", "category": "model", "currentValue": "b",
                    "options": [
                        ["group": "g", "name": "G", "options": [["value": "a", "name": "A"], ["value": "b"]]]
                    ],
                ],
                ["id": "t", "category": "thought_level", "options": [["value": "low"], ["value": "high"]]],
            ],
            "models": ["currentModelId": "z", "availableModels": [["modelId": "z"]]],
        ])
        #expect(grouped.models.map(\.value) == ["a", "b"])
        #expect(grouped.currentModel == "b")
        #expect(grouped.thoughtValue(enabled: true) == "high")
        #expect(grouped.thoughtValue(enabled: false) == "low")
        let legacy = SessionOptions([
            "models": ["currentModelId": "z", "availableModels": [["modelId": "z", "name": "Z"]]]
        ])
        #expect(legacy.models == [.init(value: "z", name: "Z")])
        #expect(legacy.currentModel == "z")
    }

    @Test("capabilities default to nothing; forms of login by terminal are not for authenticate")
    func capabilities() {
        #expect(AgentCapabilities([:]) == AgentCapabilities())
        let told = AgentCapabilities(
            resumesSessions: true,
            acceptsImages: true,
            name: "a",
            version: "1",
            authenticationMethods: ["k"]
        )
        #expect(AgentCapabilities(told.json) == told)
        let terminal = AgentCapabilities(["authMethods": [["id": "t", "type": "terminal"], ["id": "k"]]])
        #expect(terminal.authenticationMethods == ["k"])
    }

    @Test("a form keeps the order of its schema, whatever the text looks like")
    func formOrder() throws {
        let text = #"""
            {"mode":"form", "message":"m", "requestedSchema" : {"required":["b"], "properties" :
              { "b" : {"type":"string","x":[1,{"a":"}"}]}, "a\"1":{"type":"boolean"} , "\u0063":{} }, "type":"object"}}
            """#
        let form = try #require(Elicitation(parsing: Array(text.utf8)))
        #expect(form.properties.map(\.key) == ["b", "a\"1", "c"])
        #expect(form.required == ["b"])
        #expect(Elicitation(parsing: form.bytes) == form)
        #expect(Elicitation(parsing: Array(#"{"mode":"url","message":"m"}"#.utf8)) == nil)
    }

    @Test("permission requests are read leniently")
    func permission() throws {
        let request = try #require(
            PermissionRequest([
                "sessionId": "s", "toolCall": ["toolCallId": "c"],
                "options": [
                    ["optionId": "a", "kind": "allow_once"], ["name": "lost"], ["optionId": "b", "kind": "odd"],
                ],
                "_meta": ["qwenQuestions": [[:]]],
            ])
        )
        #expect(request.options == [.init(id: "a", name: "a", kind: .allowOnce), .init(id: "b", name: "b", kind: nil)])
        #expect(request.carriesQuestions)
        #expect(PermissionRequest([:]) == nil)
    }

    @Test("answers survive writing and reading")
    func outcomes() {
        for outcome in [PermissionOutcome.cancelled, .selected(optionID: "x")] {
            #expect(PermissionOutcome(outcome.json) == outcome)
        }
        for outcome in [ElicitationOutcome.accept(["a": 1]), .decline, .cancel] {
            #expect(ElicitationOutcome(outcome.json) == outcome)
        }
    }

    @Test(
        "errors tell what their data adds",
        arguments: [
            (JSONValue.string("why"), "m: why"), (["details": "d"], "m: d"), (["message": "x"], "m: x"), (nil, "m"),
            ("m", "m"),
        ] as [(JSONValue?, String)]
    )
    func errors(data: JSONValue?, text: String) {
        #expect(ACPError(code: 1, message: "m", data: data).description == text)
    }
}
