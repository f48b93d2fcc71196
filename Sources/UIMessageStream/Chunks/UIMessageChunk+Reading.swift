package import JSONText

/// Why JSON is not a chunk of agent-api.md §13.2.
package struct ChunkFormatError: Error, Equatable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

extension UIMessageChunk {
    /// Reads one chunk as strictly as AI SDK 6 does: unknown types, unknown keys and wrong types are refused.
    package init(json: JSONValue) throws(ChunkFormatError) {
        var members = try ChunkMembers(json)
        self = try Self.read(&members)
        try members.finish()
    }

    /// Reads the JSON text of one chunk.
    package init(parsing bytes: some Collection<UInt8>) throws(ChunkFormatError) {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw ChunkFormatError("not JSON: \(error)")
        }
        try self.init(json: json)
    }

    private static func read(_ members: inout ChunkMembers) throws(ChunkFormatError) -> UIMessageChunk {
        switch members.type {
        case "start": .start(messageID: try members.string("messageId"), metadata: members.any("messageMetadata"))
        case "start-step": .startStep
        case "finish-step": .finishStep
        case "text-start": .textStart(id: try members.need("id"), providerMetadata: members.provider)
        case "text-end": .textEnd(id: try members.need("id"), providerMetadata: members.provider)
        case "reasoning-start": .reasoningStart(id: try members.need("id"), providerMetadata: members.provider)
        case "reasoning-end": .reasoningEnd(id: try members.need("id"), providerMetadata: members.provider)
        case "text-delta":
            .textDelta(
                id: try members.need("id"),
                delta: try members.need("delta"),
                providerMetadata: members.provider
            )
        case "reasoning-delta":
            .reasoningDelta(
                id: try members.need("id"),
                delta: try members.need("delta"),
                providerMetadata: members.provider
            )
        case "message-metadata": .messageMetadata(try members.needAny("messageMetadata"))
        case "finish": .finish(try members.finishReason(), metadata: members.any("messageMetadata"))
        case "error": .error(try members.need("errorText"))
        case "abort": .abort(reason: try members.string("reason"))
        case let type where type.hasPrefix("tool-"): try readTool(&members)
        default: try readContent(&members)
        }
    }

    private static func readTool(_ members: inout ChunkMembers) throws(ChunkFormatError) -> UIMessageChunk {
        let id: String = try members.need("toolCallId")
        switch members.type {
        case "tool-input-start":
            return .toolInputStart(try members.head(id))
        case "tool-input-delta":
            return .toolInputDelta(toolCallID: id, delta: try members.need("inputTextDelta"))
        case "tool-input-available":
            return .toolInputAvailable(try members.head(id), input: try members.needAny("input"))
        case "tool-input-error":
            return .toolInputError(
                try members.head(id),
                input: try members.needAny("input"),
                errorText: try members.need("errorText")
            )
        case "tool-approval-request":
            return .toolApprovalRequest(toolCallID: id, approvalID: try members.need("approvalId"))
        case "tool-output-available":
            return .toolOutputAvailable(
                toolCallID: id,
                output: try members.needAny("output"),
                isDynamic: try members.bool("dynamic"),
                preliminary: try members.bool("preliminary"),
                providerExecuted: try members.bool("providerExecuted")
            )
        case "tool-output-error":
            return .toolOutputError(
                toolCallID: id,
                errorText: try members.need("errorText"),
                isDynamic: try members.bool("dynamic"),
                providerExecuted: try members.bool("providerExecuted")
            )
        case "tool-output-denied":
            return .toolOutputDenied(toolCallID: id)
        default:
            throw ChunkFormatError("unknown type '\(members.type)'")
        }
    }

    private static func readContent(_ members: inout ChunkMembers) throws(ChunkFormatError) -> UIMessageChunk {
        switch members.type {
        case "file":
            return .file(
                url: try members.need("url"),
                mediaType: try members.need("mediaType"),
                providerMetadata: members.provider
            )
        case "source-url":
            return .sourceURL(
                sourceID: try members.need("sourceId"),
                url: try members.need("url"),
                title: try members.string("title"),
                providerMetadata: members.provider
            )
        case "source-document":
            return .sourceDocument(
                sourceID: try members.need("sourceId"),
                mediaType: try members.need("mediaType"),
                title: try members.need("title"),
                filename: try members.string("filename"),
                providerMetadata: members.provider
            )
        case let type where type.hasPrefix("data-") && type.utf8.count > 5:
            return .data(
                name: String(type.dropFirst(5)),
                id: try members.string("id"),
                data: try members.needAny("data"),
                transient: try members.bool("transient")
            )
        default:
            throw ChunkFormatError("unknown type '\(members.type)'")
        }
    }
}

/// The members of a chunk that have not been taken yet.
private struct ChunkMembers {
    let type: String
    private var rest: [String: JSONValue]

    init(_ json: JSONValue) throws(ChunkFormatError) {
        guard case .object(var members) = json else { throw ChunkFormatError("a chunk is an object") }
        guard case .string(let type)? = members.removeValue(forKey: "type") else {
            throw ChunkFormatError("a chunk has a type")
        }
        self.type = type
        rest = members
    }

    mutating func any(_ key: String) -> JSONValue? { rest.removeValue(forKey: key) }

    var provider: JSONValue? {
        mutating get { any("providerMetadata") }
    }

    mutating func needAny(_ key: String) throws(ChunkFormatError) -> JSONValue {
        guard let value = any(key) else { throw ChunkFormatError("'\(type)' needs '\(key)'") }
        return value
    }

    mutating func string(_ key: String) throws(ChunkFormatError) -> String? {
        guard let value = any(key) else { return nil }
        guard let text = value.stringValue else { throw ChunkFormatError("'\(key)' of '\(type)' is a string") }
        return text
    }

    mutating func need(_ key: String) throws(ChunkFormatError) -> String {
        guard let text = try string(key) else { throw ChunkFormatError("'\(type)' needs '\(key)'") }
        return text
    }

    mutating func bool(_ key: String) throws(ChunkFormatError) -> Bool? {
        guard let value = any(key) else { return nil }
        guard let flag = value.boolValue else { throw ChunkFormatError("'\(key)' of '\(type)' is a boolean") }
        return flag
    }

    mutating func finishReason() throws(ChunkFormatError) -> FinishReason? {
        guard let text = try string("finishReason") else { return nil }
        guard let reason = FinishReason(rawValue: text) else {
            throw ChunkFormatError("'\(text)' is no finish reason")
        }
        return reason
    }

    mutating func head(_ id: String) throws(ChunkFormatError) -> ToolCallHead {
        ToolCallHead(
            toolCallID: id,
            toolName: try need("toolName"),
            isDynamic: try bool("dynamic"),
            title: try string("title"),
            providerExecuted: try bool("providerExecuted"),
            providerMetadata: provider
        )
    }

    func finish() throws(ChunkFormatError) {
        guard let key = rest.keys.min() else { return }
        throw ChunkFormatError("'\(type)' has no key '\(key)'")
    }
}
