package import JSONText

/// One chunk of a UI message stream (agent-api.md §13.2): exactly the types and keys that AI SDK 6 and 7 both accept.
///
/// Clients of AI SDK 6 reject a whole stream for one unknown key, so a chunk can only be built from these cases, and
/// ``json`` writes no other keys.
package enum UIMessageChunk: Sendable, Hashable {
    case start(messageID: String?, metadata: JSONValue? = nil)
    case startStep
    case textStart(id: String, providerMetadata: JSONValue? = nil)
    case textDelta(id: String, delta: String, providerMetadata: JSONValue? = nil)
    case textEnd(id: String, providerMetadata: JSONValue? = nil)
    case reasoningStart(id: String, providerMetadata: JSONValue? = nil)
    case reasoningDelta(id: String, delta: String, providerMetadata: JSONValue? = nil)
    case reasoningEnd(id: String, providerMetadata: JSONValue? = nil)
    case toolInputStart(ToolCallHead)
    case toolInputDelta(toolCallID: String, delta: String)
    case toolInputAvailable(ToolCallHead, input: JSONValue)
    case toolInputError(ToolCallHead, input: JSONValue, errorText: String)
    case toolApprovalRequest(toolCallID: String, approvalID: String)
    case toolOutputAvailable(
        toolCallID: String,
        output: JSONValue,
        isDynamic: Bool? = true,
        preliminary: Bool? = nil,
        providerExecuted: Bool? = nil
    )
    case toolOutputError(
        toolCallID: String,
        errorText: String,
        isDynamic: Bool? = true,
        providerExecuted: Bool? = nil
    )
    case toolOutputDenied(toolCallID: String)
    case file(url: String, mediaType: String, providerMetadata: JSONValue? = nil)
    case sourceURL(sourceID: String, url: String, title: String? = nil, providerMetadata: JSONValue? = nil)
    case sourceDocument(
        sourceID: String,
        mediaType: String,
        title: String,
        filename: String? = nil,
        providerMetadata: JSONValue? = nil
    )
    /// A `data-<name>` chunk.
    case data(name: String, id: String? = nil, data: JSONValue, transient: Bool? = nil)
    case messageMetadata(JSONValue)
    case finishStep
    case finish(FinishReason?, metadata: JSONValue? = nil)
    case error(String)
    case abort(reason: String? = nil)
}

/// What the three `tool-input-*` chunks of one call say about it.
package struct ToolCallHead: Sendable, Hashable {
    package var toolCallID: String
    package var toolName: String
    /// `true` makes a `dynamic-tool` part with a free tool name; coding agents always use it.
    package var isDynamic: Bool?
    package var title: String?
    package var providerExecuted: Bool?
    package var providerMetadata: JSONValue?

    package init(
        toolCallID: String,
        toolName: String,
        isDynamic: Bool? = true,
        title: String? = nil,
        providerExecuted: Bool? = nil,
        providerMetadata: JSONValue? = nil
    ) {
        self.toolCallID = toolCallID
        self.toolName = toolName
        self.isDynamic = isDynamic
        self.title = title
        self.providerExecuted = providerExecuted
        self.providerMetadata = providerMetadata
    }
}

/// Why a message ended.
package enum FinishReason: String, Sendable, Hashable, CaseIterable {
    case stop
    case length
    case contentFilter = "content-filter"
    case toolCalls = "tool-calls"
    case error
    case other
}
