package import JSONText

extension UIMessageChunk {
    /// The compact JSON text of the chunk, on one line.
    package var bytes: [UInt8] { json.serialized() }

    /// The chunk as JSON: `type` and the keys of its row in agent-api.md §13.2.
    package var json: JSONValue {
        var members: [String: JSONValue] = ["type": .string(type)]
        switch self {
        case .start(let messageID, let metadata):
            members["messageId"] = messageID.map(JSONValue.string)
            members["messageMetadata"] = metadata
        case .startStep, .finishStep:
            break
        case .textStart(let id, let provider), .textEnd(let id, let provider), .reasoningStart(let id, let provider),
            .reasoningEnd(let id, let provider):
            members["id"] = .string(id)
            members["providerMetadata"] = provider
        case .textDelta(let id, let delta, let provider), .reasoningDelta(let id, let delta, let provider):
            members["id"] = .string(id)
            members["delta"] = .string(delta)
            members["providerMetadata"] = provider
        case .file, .sourceURL, .sourceDocument, .data:
            addContent(to: &members)
        case .messageMetadata(let metadata):
            members["messageMetadata"] = metadata
        case .finish(let reason, let metadata):
            members["finishReason"] = reason.map { .string($0.rawValue) }
            members["messageMetadata"] = metadata
        case .error(let text):
            members["errorText"] = .string(text)
        case .abort(let reason):
            members["reason"] = reason.map(JSONValue.string)
        default:
            addTool(to: &members)
        }
        return .object(members)
    }

    private func addContent(to members: inout [String: JSONValue]) {
        switch self {
        case .file(let url, let mediaType, let provider):
            members["url"] = .string(url)
            members["mediaType"] = .string(mediaType)
            members["providerMetadata"] = provider
        case .sourceURL(let id, let url, let title, let provider):
            members["sourceId"] = .string(id)
            members["url"] = .string(url)
            members["title"] = title.map(JSONValue.string)
            members["providerMetadata"] = provider
        case .sourceDocument(let id, let mediaType, let title, let filename, let provider):
            members["sourceId"] = .string(id)
            members["mediaType"] = .string(mediaType)
            members["title"] = .string(title)
            members["filename"] = filename.map(JSONValue.string)
            members["providerMetadata"] = provider
        case .data(_, let id, let data, let transient):
            members["id"] = id.map(JSONValue.string)
            members["data"] = data
            members["transient"] = transient.map(JSONValue.bool)
        default:
            break
        }
    }

    private func addTool(to members: inout [String: JSONValue]) {
        switch self {
        case .toolInputStart(let head):
            head.add(to: &members)
        case .toolInputDelta(let id, let delta):
            members["toolCallId"] = .string(id)
            members["inputTextDelta"] = .string(delta)
        case .toolInputAvailable(let head, let input):
            head.add(to: &members)
            members["input"] = input
        case .toolInputError(let head, let input, let errorText):
            head.add(to: &members)
            members["input"] = input
            members["errorText"] = .string(errorText)
        case .toolApprovalRequest(let id, let approvalID):
            members["toolCallId"] = .string(id)
            members["approvalId"] = .string(approvalID)
        case .toolOutputAvailable(let id, let output, let isDynamic, let preliminary, let providerExecuted):
            members["toolCallId"] = .string(id)
            members["output"] = output
            members["dynamic"] = isDynamic.map(JSONValue.bool)
            members["preliminary"] = preliminary.map(JSONValue.bool)
            members["providerExecuted"] = providerExecuted.map(JSONValue.bool)
        case .toolOutputError(let id, let errorText, let isDynamic, let providerExecuted):
            members["toolCallId"] = .string(id)
            members["errorText"] = .string(errorText)
            members["dynamic"] = isDynamic.map(JSONValue.bool)
            members["providerExecuted"] = providerExecuted.map(JSONValue.bool)
        case .toolOutputDenied(let id):
            members["toolCallId"] = .string(id)
        default:
            break
        }
    }

    /// The value of the key `type`.
    package var type: String {
        switch self {
        case .start: "start"
        case .startStep: "start-step"
        case .textStart: "text-start"
        case .textDelta: "text-delta"
        case .textEnd: "text-end"
        case .reasoningStart: "reasoning-start"
        case .reasoningDelta: "reasoning-delta"
        case .reasoningEnd: "reasoning-end"
        case .toolInputStart: "tool-input-start"
        case .toolInputDelta: "tool-input-delta"
        case .toolInputAvailable: "tool-input-available"
        case .toolInputError: "tool-input-error"
        case .toolApprovalRequest: "tool-approval-request"
        case .toolOutputAvailable: "tool-output-available"
        case .toolOutputError: "tool-output-error"
        case .toolOutputDenied: "tool-output-denied"
        case .file: "file"
        case .sourceURL: "source-url"
        case .sourceDocument: "source-document"
        case .data(let name, _, _, _): "data-\(name)"
        case .messageMetadata: "message-metadata"
        case .finishStep: "finish-step"
        case .finish: "finish"
        case .error: "error"
        case .abort: "abort"
        }
    }
}

extension ToolCallHead {
    fileprivate func add(to members: inout [String: JSONValue]) {
        members["toolCallId"] = .string(toolCallID)
        members["toolName"] = .string(toolName)
        members["dynamic"] = isDynamic.map(JSONValue.bool)
        members["title"] = title.map(JSONValue.string)
        members["providerExecuted"] = providerExecuted.map(JSONValue.bool)
        members["providerMetadata"] = providerMetadata
    }
}
