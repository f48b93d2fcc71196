import AgentClientProtocol
import JSONText
import Testing

@testable import OctobotAgentService

@Suite("what codex asks")
struct CodexRequestTests {
    private func request(_ method: String, _ params: JSONValue) throws -> CodexRequest {
        try #require(CodexRequest(method, params.serialized()))
    }

    private func permission(_ request: CodexRequest) throws -> PermissionRequest {
        guard case .permission(let permission) = request.question else {
            Issue.record("it is a form")
            throw ACPError.cancelled
        }
        return permission
    }

    @Test("more permissions are granted as asked for, for the turn or the session, or not at all")
    func permissions() throws {
        let wanted: JSONValue = ["network": ["enabled": true], "fileSystem": nil]
        let request = try request("item/permissions/requestApproval", ["itemId": "p", "permissions": wanted])
        #expect(try permission(request).toolCall.rawInput == wanted)
        let granted: JSONValue = ["network": ["enabled": true]]
        #expect(
            request.result(PermissionOutcome.selected(optionID: "accept"))
                == ["permissions": granted, "scope": "turn"]
        )
        #expect(
            request.result(PermissionOutcome.selected(optionID: "acceptForSession"))
                == ["permissions": granted, "scope": "session"]
        )
        #expect(request.result(PermissionOutcome.cancelled) == ["permissions": [:], "scope": "turn"])
    }

    @Test("a server's form without fields is a yes or no; one with fields is a form; an address is not opened")
    func servers() throws {
        var params: [String: JSONValue] = [
            "serverName": "files", "mode": "form", "message": "Delete it?",
            "requestedSchema": ["type": "object", "properties": [:]],
        ]
        let confirmation = try request("mcpServer/elicitation/request", .object(params))
        #expect(try permission(confirmation).toolCall.title == "Delete it?")
        #expect(confirmation.result(PermissionOutcome.selected(optionID: "accept"))["action"] == "accept")
        #expect(confirmation.result(PermissionOutcome.selected(optionID: "decline"))["action"] == "decline")
        params["requestedSchema"] = ["type": "object", "properties": ["name": ["type": "string"]]]
        let form = try request("mcpServer/elicitation/request", .object(params))
        #expect(form.result(ElicitationOutcome.accept(["name": "x"]))["content"] == ["name": "x"])
        #expect(form.result(ElicitationOutcome.decline)["action"] == "decline")
        params["mode"] = "url"
        let address = CodexRequest("mcpServer/elicitation/request", JSONValue.object(params).serialized())
        #expect(address?.question == nil)
    }

    @Test("reaching a host is asked about as such; what cancels a question cancels the call")
    func network() throws {
        let request = try request(
            "item/commandExecution/requestApproval",
            ["itemId": "c", "command": "curl x", "networkApprovalContext": ["host": "example.com"]]
        )
        #expect(try permission(request).toolCall.title == "Reach example.com")
        #expect(request.result(PermissionOutcome.cancelled) == ["decision": "cancel"])
    }

    @Test(
        "requests that are not known or not whole are none",
        arguments: [
            ("item/tool/call", "{}"), ("item/commandExecution/requestApproval", "{}"),
            ("item/tool/requestUserInput", #"{"questions":[]}"#), ("item/fileChange/requestApproval", "nonsense"),
        ]
    )
    func strangers(method: String, params: String) {
        let request = CodexRequest(method, Array(params.utf8))
        #expect(request?.question == nil)
    }
}
