import JSONText

/// One part of a message under construction; a running text is kept apart so that it grows in place.
struct MessagePart: Sendable {
    var members: [String: JSONValue]
    var text: String?
    private var inputText = ""

    init(_ members: [String: JSONValue]) {
        self.members = members
    }

    init(run type: String, _ provider: JSONValue?) {
        members = ["type": .string(type), "state": "streaming"]
        members["providerMetadata"] = provider
        text = ""
    }

    init(tool head: ToolCallHead) {
        members = ["toolCallId": .string(head.toolCallID)]
        if head.isDynamic == true {
            members["type"] = "dynamic-tool"
            members["toolName"] = .string(head.toolName)
        } else {
            members["type"] = .string("tool-\(head.toolName)")
        }
    }

    var json: JSONValue {
        guard let text else { return .object(members) }
        var all = members
        all["text"] = .string(text)
        return .object(all)
    }
}

extension MessagePart {
    mutating func describe(_ head: ToolCallHead) {
        if members["toolName"] != nil { members["toolName"] = .string(head.toolName) }
        if let title = head.title { members["title"] = .string(title) }
        if let executed = head.providerExecuted { members["providerExecuted"] = .bool(executed) }
        if let provider = head.providerMetadata { members["callProviderMetadata"] = provider }
    }

    mutating func startInput() {
        members["state"] = "input-streaming"
    }

    /// Adds to the text of the input; the input itself appears once the text is whole JSON.
    mutating func extendInput(_ delta: String) {
        inputText += delta
        do {
            members["input"] = try JSONValue(parsing: inputText.utf8)
        } catch {
            members["input"] = nil
        }
    }

    mutating func setInput(_ input: JSONValue) {
        members["state"] = "input-available"
        members["input"] = input
    }

    mutating func askApproval(_ id: String) {
        members["state"] = "approval-requested"
        members["approval"] = ["id": .string(id)]
    }

    mutating func setOutput(_ output: JSONValue, preliminary: Bool?, providerExecuted: Bool?) {
        members["state"] = "output-available"
        members["output"] = output
        members["errorText"] = nil
        members["preliminary"] = preliminary.map(JSONValue.bool)
        if let providerExecuted { members["providerExecuted"] = .bool(providerExecuted) }
        decide(approved: true)
        if members["input"] == nil { members["input"] = .null }
    }

    mutating func fail(_ errorText: String) {
        members["state"] = "output-error"
        members["errorText"] = .string(errorText)
        members["output"] = nil
        members["preliminary"] = nil
        decide(approved: true)
        if members["input"] == nil { members["input"] = .null }
    }

    /// A denied part always carries an approval: the shape of agent-api.md §14 asks for one, also when the question
    /// stood in a part of its own.
    mutating func deny(fallbackApprovalID: String) {
        members["state"] = "output-denied"
        members["output"] = nil
        members["preliminary"] = nil
        if members["approval"] == nil { members["approval"] = ["id": .string(fallbackApprovalID)] }
        decide(approved: false)
        if members["input"] == nil { members["input"] = .null }
    }

    private mutating func decide(approved: Bool) {
        guard case .object(var approval)? = members["approval"] else { return }
        approval["approved"] = .bool(approved)
        members["approval"] = .object(approval)
    }
}
