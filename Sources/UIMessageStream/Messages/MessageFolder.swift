package import JSONText

/// Folds the chunks of one message into the `UIMessage` that AI SDK clients make of them (agent-api.md §13.3, §14).
package struct MessageFolder: Sendable {
    private var id: String
    private var metadata: JSONValue?
    private var parts: [MessagePart] = []
    private var textParts: [String: Int] = [:]
    private var reasoningParts: [String: Int] = [:]
    private var toolParts: [String: Int] = [:]
    private var dataParts: [DataKey: Int] = [:]

    private struct DataKey: Hashable {
        var type: String
        var id: String
    }

    /// - Parameter messageID: the id of the message until a `start` chunk names another.
    package init(messageID: String) {
        id = messageID
    }

    /// The message as far as it is known, in the shape of agent-api.md §14.
    package var message: JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "role": "assistant", "parts": .array(parts.map(\.json)),
        ]
        members["metadata"] = metadata
        return .object(members)
    }

    /// Whether anything is in the message yet.
    package var isEmpty: Bool { parts.isEmpty && metadata == nil }

    /// Takes the next chunk.
    ///
    /// Chunks that refer to parts never opened change nothing.
    package mutating func apply(_ chunk: UIMessageChunk) {
        switch chunk {
        case .start(let messageID, let metadata):
            if let messageID { id = messageID }
            merge(metadata)
        case .messageMetadata(let metadata): merge(metadata)
        case .finish(_, let metadata): merge(metadata)
        case .startStep: append(MessagePart(["type": "step-start"]))
        case .finishStep:
            textParts.removeAll()
            reasoningParts.removeAll()
        case .textStart(let id, let provider):
            textParts[id] = append(MessagePart(run: "text", provider))
        case .reasoningStart(let id, let provider):
            reasoningParts[id] = append(MessagePart(run: "reasoning", provider))
        case .textDelta(let id, let delta, let provider): extend(textParts[id], delta, provider)
        case .reasoningDelta(let id, let delta, let provider): extend(reasoningParts[id], delta, provider)
        case .textEnd(let id, let provider): end(textParts.removeValue(forKey: id), provider)
        case .reasoningEnd(let id, let provider): end(reasoningParts.removeValue(forKey: id), provider)
        case .file, .sourceURL, .sourceDocument: append(MessagePart(chunk.json.objectValue ?? [:]))
        case .data(let name, let id, let data, let transient):
            if transient != true { put(data, name: name, id: id) }
        case .error, .abort: break
        default: applyTool(chunk)
        }
    }

    private mutating func applyTool(_ chunk: UIMessageChunk) {
        switch chunk {
        case .toolInputStart(let head):
            updateTool(head) { $0.startInput() }
        case .toolInputDelta(let id, let delta):
            onTool(id) { $0.extendInput(delta) }
        case .toolInputAvailable(let head, let input):
            updateTool(head) { $0.setInput(input) }
        case .toolInputError(let head, let input, let errorText):
            updateTool(head) {
                $0.setInput(input)
                $0.fail(errorText)
            }
        case .toolApprovalRequest(let id, let approvalID):
            onTool(id) { $0.askApproval(approvalID) }
        case .toolOutputAvailable(let id, let output, _, let preliminary, let providerExecuted):
            onTool(id) { $0.setOutput(output, preliminary: preliminary, providerExecuted: providerExecuted) }
        case .toolOutputError(let id, let errorText, _, _):
            onTool(id) { $0.fail(errorText) }
        case .toolOutputDenied(let id):
            onTool(id) { $0.deny(fallbackApprovalID: id) }
        default: break
        }
    }

    @discardableResult
    private mutating func append(_ part: MessagePart) -> Int {
        parts.append(part)
        return parts.count - 1
    }

    private mutating func extend(_ index: Int?, _ delta: String, _ provider: JSONValue?) {
        guard let index else { return }
        parts[index].text?.append(delta)
        if let provider { parts[index].members["providerMetadata"] = provider }
    }

    private mutating func end(_ index: Int?, _ provider: JSONValue?) {
        guard let index else { return }
        parts[index].members["state"] = "done"
        if let provider { parts[index].members["providerMetadata"] = provider }
    }

    private mutating func put(_ data: JSONValue, name: String, id: String?) {
        var members: [String: JSONValue] = ["type": .string("data-\(name)"), "data": data]
        guard let id else {
            append(MessagePart(members))
            return
        }
        let key = DataKey(type: name, id: id)
        if let index = dataParts[key] {
            parts[index].members["data"] = data
        } else {
            members["id"] = .string(id)
            dataParts[key] = append(MessagePart(members))
        }
    }

    private mutating func updateTool(_ head: ToolCallHead, _ change: (inout MessagePart) -> Void) {
        let index = toolParts[head.toolCallID] ?? append(MessagePart(tool: head))
        toolParts[head.toolCallID] = index
        parts[index].describe(head)
        change(&parts[index])
    }

    private mutating func onTool(_ id: String, _ change: (inout MessagePart) -> Void) {
        guard let index = toolParts[id] else { return }
        change(&parts[index])
    }

    private mutating func merge(_ addition: JSONValue?) {
        guard let addition, !addition.isNull else { return }
        metadata = metadata.map { $0.deeplyMerged(with: addition) } ?? addition
    }
}

extension JSONValue {
    /// `self` with the members of `other` over it, objects merged member by member, everything else replaced.
    func deeplyMerged(with other: JSONValue) -> JSONValue {
        guard case .object(let mine) = self, case .object(let theirs) = other else { return other }
        return .object(mine.merging(theirs) { $0.deeplyMerged(with: $1) })
    }
}
