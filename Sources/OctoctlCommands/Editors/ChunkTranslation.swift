import AgentClientProtocol
import JSONText

/// Turns the chunks of turns into updates for an editor (acp.md §18.3).
///
/// A value without I/O; what it gives are the `update` members of `session/update`.
struct ChunkTranslation: Sendable {
    let paths: EditorPaths
    private var messageID = "message"
    private var calls: [String: EditorToolCall] = [:]

    /// Why the message ended, as its `finish` chunk says.
    private(set) var finishReason: String?
    /// The text of its last `error` chunk.
    private(set) var errorText: String?

    init(paths: EditorPaths) { self.paths = paths }

    /// A call as far as it is known.
    func call(_ id: String) -> EditorToolCall? { calls[id] }

    /// Forgets how the last turn ended.
    mutating func beginTurn() {
        finishReason = nil
        errorText = nil
    }

    mutating func updates(_ chunk: JSONValue) -> [JSONValue] {
        switch chunk["type"]?.stringValue {
        case "start":
            messageID = chunk["messageId"]?.stringValue ?? messageID
            return Self.usage(chunk["messageMetadata"])
        case "text-delta": return text("agent_message_chunk", chunk)
        case "reasoning-delta": return text("agent_thought_chunk", chunk)
        case "file":
            let block = Self.file(chunk["url"]?.stringValue ?? "", chunk["mediaType"]?.stringValue)
            return block.map { [EditorUpdate.message($0, id: nil)] } ?? []
        case "source-url": return Self.link(chunk)
        case "source-document":
            let title = chunk["title"]?.stringValue ?? chunk["filename"]?.stringValue ?? ""
            return title.isEmpty ? [] : [EditorUpdate.message(.text("[\(title)]\n"), id: nil)]
        case "data-plan": return [EditorUpdate.plan(chunk["data"]?["entries"]?.arrayValue ?? [])]
        case "data-commands": return [EditorUpdate.commands(chunk["data"]?["commands"]?.arrayValue ?? [])]
        case "message-metadata": return Self.usage(chunk["messageMetadata"])
        case "finish":
            finishReason = chunk["finishReason"]?.stringValue
            return Self.usage(chunk["messageMetadata"])
        case "error":
            errorText = chunk["errorText"]?.stringValue
            return []
        case let type? where type.hasPrefix("tool-"): return tool(type, chunk)
        default: return []
        }
    }

    private func text(_ kind: String, _ chunk: JSONValue) -> [JSONValue] {
        guard let delta = chunk["delta"]?.stringValue, !delta.isEmpty else { return [] }
        let id = messageID + "/" + (chunk["id"]?.stringValue ?? "")
        return [EditorUpdate.chunk(kind, .text(delta), id: id)]
    }

    /// What a data URL holds; for other URLs a link.
    static func file(_ url: String, _ mediaType: String?) -> ContentBlock? {
        guard url.hasPrefix("data:") else {
            return url.isEmpty ? nil : .resourceLink(uri: url, name: url, mimeType: mediaType)
        }
        guard let comma = url.firstIndex(of: ","), url[..<comma].hasSuffix(";base64") else { return nil }
        let data = String(url[url.index(after: comma)...])
        let type = mediaType ?? "application/octet-stream"
        if type.hasPrefix("image/") { return .image(data: data, mimeType: type) }
        return .blobResource(uri: "attachment:file", blob: data, mimeType: type)
    }

    static func link(_ part: JSONValue) -> [JSONValue] {
        guard let url = part["url"]?.stringValue, !url.isEmpty else { return [] }
        let name = part["title"]?.stringValue ?? url
        return [EditorUpdate.message(.resourceLink(uri: url, name: name), id: nil)]
    }

    /// Token counts, where both are there.
    private static func usage(_ metadata: JSONValue?) -> [JSONValue] {
        guard let usage = metadata?["usage"], let used = usage["used"]?.integerValue,
            let size = usage["size"]?.integerValue, used >= 0, size >= 0
        else { return [] }
        var members: [String: JSONValue] = [
            "sessionUpdate": "usage_update", "used": .integer(used), "size": .integer(size),
        ]
        if let cost = usage["cost"], cost["amount"] != nil, let currency = cost["currency"]?.stringValue {
            members["cost"] = ["amount": cost["amount"] ?? 0, "currency": .string(currency)]
        }
        return [.object(members)]
    }
}

// MARK: - Tool calls

extension ChunkTranslation {
    private mutating func tool(_ type: String, _ chunk: JSONValue) -> [JSONValue] {
        guard let id = chunk["toolCallId"]?.stringValue, !id.isEmpty else { return [] }
        let isNew = calls[id] == nil
        var call = calls[id] ?? EditorToolCall(id: id)
        switch type {
        case "tool-input-start", "tool-input-available", "tool-input-error":
            call.name = chunk["toolName"]?.stringValue ?? call.name
            call.title = chunk["title"]?.stringValue ?? call.title
            call.input = chunk["input"]?.present ?? call.input
            if type == "tool-input-available" { call.status = .inProgress }
            if type == "tool-input-error" { call.fail(chunk["errorText"]?.stringValue ?? "It failed.") }
        case "tool-output-available":
            let isPreliminary = chunk["preliminary"]?.boolValue == true
            call.take(output: chunk["output"] ?? .null, isFinal: !isPreliminary)
        case "tool-output-error": call.fail(chunk["errorText"]?.stringValue ?? "It failed.")
        case "tool-output-denied": call.fail("Refused")
        default: return []
        }
        calls[id] = call
        return [call.update(isNew: isNew, paths)]
    }
}
