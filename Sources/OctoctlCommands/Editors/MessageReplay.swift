import AgentClientProtocol
import JSONText

extension ChunkTranslation {
    /// A stored message as updates: a prompt in its parts, an answer with its tool calls as they ended.
    func updates(ofMessage message: JSONValue) -> [JSONValue] {
        let id = message["id"]?.stringValue ?? "message"
        let isPrompt = message["role"]?.stringValue == "user"
        return (message["parts"]?.arrayValue ?? []).enumerated().flatMap { index, part in
            isPrompt ? Self.prompt(part, id: id) : answer(part, id: "\(id)/\(index)")
        }
    }

    private static func prompt(_ part: JSONValue, id: String) -> [JSONValue] {
        switch part["type"]?.stringValue {
        case "text": return [EditorUpdate.prompt(.text(part["text"]?.stringValue ?? ""), id: id)]
        case "file":
            let block = file(part["url"]?.stringValue ?? "", part["mediaType"]?.stringValue)
            if case .image? = block { return block.map { [EditorUpdate.prompt($0, id: id)] } ?? [] }
            let name = part["filename"]?.stringValue ?? "file"
            return [EditorUpdate.prompt(.text("[\(name)]"), id: id)]
        default: return []
        }
    }

    private func answer(_ part: JSONValue, id: String) -> [JSONValue] {
        let text = part["text"]?.stringValue ?? ""
        switch part["type"]?.stringValue {
        case "text": return text.isEmpty ? [] : [EditorUpdate.message(.text(text), id: id)]
        case "reasoning": return text.isEmpty ? [] : [EditorUpdate.chunk("agent_thought_chunk", .text(text), id: id)]
        case "file":
            let block = Self.file(part["url"]?.stringValue ?? "", part["mediaType"]?.stringValue)
            return block.map { [EditorUpdate.message($0, id: id)] } ?? []
        case "source-url": return Self.link(part)
        case "data-plan": return [EditorUpdate.plan(part["data"]?["entries"]?.arrayValue ?? [])]
        case let type? where type == "dynamic-tool" || type.hasPrefix("tool-"): return [tool(part, type)]
        default: return []
        }
    }

    private func tool(_ part: JSONValue, _ type: String) -> JSONValue {
        var call = EditorToolCall(id: part["toolCallId"]?.stringValue ?? "call")
        call.name = part["toolName"]?.stringValue ?? String(type.dropFirst("tool-".count))
        call.title = part["title"]?.stringValue
        call.input = part["input"]?.present
        switch part["state"]?.stringValue {
        case "output-available": call.take(output: part["output"] ?? .null, isFinal: true)
        case "output-error": call.fail(part["errorText"]?.stringValue ?? "It failed.")
        case "output-denied": call.fail("Refused")
        default: call.status = .inProgress
        }
        return call.update(isNew: true, paths)
    }
}
