import AgentClientProtocol
import JSONText
import Testing

@testable import OctobotAgentService

@Suite struct PermissionModeTests {
    private static let options = [
        PermissionRequest.Option(id: "always", name: "Always", kind: .allowAlways),
        PermissionRequest.Option(id: "yes", name: "Yes", kind: .allowOnce),
        PermissionRequest.Option(id: "no", name: "No", kind: .rejectOnce),
    ]

    private func decision(
        _ mode: PermissionMode,
        _ kind: String?,
        _ options: [PermissionRequest.Option] = Self.options
    )
        -> PermissionMode.Decision
    {
        let call = ToolCallUpdate(["toolCallId": "c", "title": "x"])
        guard let call else { return .ask }
        return mode.decision(on: PermissionRequest(sessionID: "s", toolCall: call, options: options), kind: kind)
    }

    @Test(
        "each mode decides by the kind of the tool call",
        arguments: [
            (PermissionMode.ask, "edit", "ask"), (.ask, "execute", "ask"), (.auto, "edit", "allow"),
            (.auto, "execute", "allow"), (.auto, nil, "allow"), (.auto, "switch_mode", "ask"),
            (.edits, "edit", "allow"), (.edits, "move", "allow"), (.edits, "delete", "allow"),
            (.edits, "execute", "ask"), (.edits, "fetch", "ask"), (.edits, nil, "ask"), (.plan, "edit", "refuse"),
            (.plan, "delete", "refuse"), (.plan, "execute", "refuse"), (.plan, "read", "ask"), (.plan, nil, "ask"),
            (.plan, "switch_mode", "ask"),
        ] as [(PermissionMode, String?, String)]
    )
    func kinds(mode: PermissionMode, kind: String?, expected: String) {
        switch decision(mode, kind) {
        case .ask: #expect(expected == "ask")
        case .refuse: #expect(expected == "refuse")
        case .allow(let option):
            #expect(expected == "allow")
            #expect(option.id == "yes")
        }
    }

    @Test("a question in the clothes of a permission is asked in every mode that allows")
    func choices() {
        let choices = [
            PermissionRequest.Option(id: "a", name: "A", kind: .allowOnce),
            PermissionRequest.Option(id: "b", name: "B", kind: .allowOnce),
        ]
        #expect(decision(.auto, "edit", choices) == .ask)
        #expect(decision(.edits, "edit", choices) == .ask)
    }

    @Test("the agent's own mode is chosen where it has one that fits")
    func agentModes() {
        let claude = ["default", "acceptEdits", "plan", "bypassPermissions"]
        #expect(PermissionMode.edits.agentMode(among: claude) == "acceptEdits")
        #expect(PermissionMode.edits.agentMode(among: ["default", "autoEdit", "yolo"]) == "autoEdit")
        #expect(PermissionMode.plan.agentMode(among: claude) == "plan")
        #expect(PermissionMode.plan.agentMode(among: ["code"]) == nil)
        #expect(PermissionMode.ask.agentMode(among: claude) == nil)
        #expect(PermissionMode.auto.agentMode(among: claude) == nil)
    }
}
