package import JSONText

/// What a stand-in of the Messages API expects, and what it answers.
package struct MessagesStep: Sendable {
    /// A block of an answer; it is streamed in several pieces.
    package enum Block: Sendable {
        case thinking(String)
        case text(String)
        case tool(id: String, name: String, input: JSONValue)
    }

    /// Says what is wrong with the body of a request; `nil` when it is as expected.
    package var objection: @Sendable (JSONValue) -> String?
    package var blocks: [Block]
    /// Whether the answer stays open behind its last block.
    package var isEndless = false

    /// Answers the person's words.
    ///
    /// - Parameter remembering: what must stand anywhere in the conversation.
    package static func prompt(
        _ text: String,
        remembering: [String] = [],
        isEndless: Bool = false,
        _ blocks: Block...
    ) -> MessagesStep {
        MessagesStep(
            objection: { body in
                let all = String(decoding: body.serialized(), as: UTF8.self)
                for earlier in remembering where !all.contains(earlier) { return "'\(earlier)' is forgotten" }
                return texts(body).contains { $0.contains(text) } ? nil : "the last words are not '\(text)'"
            },
            blocks: blocks,
            isEndless: isEndless
        )
    }

    /// Answers the result of a tool.
    package static func result(_ id: String, containing text: String, _ blocks: Block...) -> MessagesStep {
        MessagesStep(
            objection: { body in
                let results = lastBlocks(body).filter { $0["type"] == "tool_result" }
                guard let result = results.first(where: { $0["tool_use_id"]?.stringValue == id }) else {
                    return "there is no result of \(id)"
                }
                let said = String(decoding: result.serialized(), as: UTF8.self)
                return said.contains(text) ? nil : "the result of \(id) does not say '\(text)': \(said.prefix(300))"
            },
            blocks: blocks
        )
    }

    /// The blocks of the person's last message.
    private static func lastBlocks(_ body: JSONValue) -> [JSONValue] {
        let messages = (body["messages"]?.arrayValue ?? []).filter { $0["role"] == "user" }
        let content = messages.last?["content"]
        if let text = content?.stringValue { return [["type": "text", "text": .string(text)]] }
        return content?.arrayValue ?? []
    }

    private static func texts(_ body: JSONValue) -> [String] { lastBlocks(body).compactMap { $0["text"]?.stringValue } }

    /// The events of the answer.
    func events(_ number: Int, model: String) -> [(name: String, data: JSONValue)] {
        let usage: JSONValue = [
            "input_tokens": 25, "output_tokens": 1, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0,
        ]
        var events: [JSONValue] = [
            [
                "type": "message_start",
                "message": [
                    "id": .string("msg_\(number)"), "type": "message", "role": "assistant", "model": .string(model),
                    "content": [], "stop_reason": .null, "stop_sequence": .null, "usage": usage,
                ],
            ]
        ]
        var callsTool = false
        for (index, block) in blocks.enumerated() {
            let index = JSONValue.integer(Int64(index))
            let (start, deltas) = block.pieces
            if case .tool = block { callsTool = true }
            events.append(["type": "content_block_start", "index": index, "content_block": start])
            events += deltas.map { delta -> JSONValue in
                ["type": "content_block_delta", "index": index, "delta": delta]
            }
            if !isEndless { events.append(["type": "content_block_stop", "index": index]) }
        }
        if !isEndless {
            events.append([
                "type": "message_delta", "usage": ["output_tokens": 15],
                "delta": ["stop_reason": callsTool ? "tool_use" : "end_turn", "stop_sequence": .null],
            ])
            events.append(["type": "message_stop"])
        }
        return events.map { ($0["type"]?.stringValue ?? "", $0) }
    }
}

extension MessagesStep.Block {
    fileprivate var pieces: (start: JSONValue, deltas: [JSONValue]) {
        switch self {
        case .text(let text):
            return (["type": "text", "text": ""], Self.deltas("text_delta", "text", text))
        case .thinking(let text):
            let signature: JSONValue = ["type": "signature_delta", "signature": "c2lnbmVk"]
            let start: JSONValue = ["type": "thinking", "thinking": "", "signature": ""]
            return (start, Self.deltas("thinking_delta", "thinking", text) + [signature])
        case .tool(let id, let name, let input):
            let start: JSONValue = ["type": "tool_use", "id": .string(id), "name": .string(name), "input": [:]]
            let text = String(decoding: input.serialized(), as: UTF8.self)
            return (start, Self.deltas("input_json_delta", "partial_json", text))
        }
    }

    private static func deltas(_ type: String, _ member: String, _ text: String) -> [JSONValue] {
        cut(text).map { piece -> JSONValue in .object(["type": .string(type), member: .string(piece)]) }
    }

    private static func cut(_ text: String) -> [String] {
        var rest = Substring(text)
        var pieces: [String] = []
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(12)))
            rest = rest.dropFirst(12)
        }
        return pieces
    }
}
