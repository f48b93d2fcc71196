package import JSONText
import NIOHTTP1
import Synchronization

/// A program on loopback that answers like OpenAI's Responses API, streaming, from a script; whatever does not belong is
/// complained about and refused.
///
/// It listens at 127.0.0.2, which a proxy is asked for where `NO_PROXY` names 127.0.0.1.
package final class StandInResponses: Sendable {
    /// One thing the model says.
    package enum Item: Sendable {
        /// Streamed word by word.
        case message(String)
        case reasoning(String)
        /// A call of a function; the id is unlike any other.
        case call(name: String, arguments: JSONValue, id: String)
        /// A call of a tool that takes text.
        case customCall(name: String, input: String, id: String)
    }

    /// The answer to one request.
    package enum Step: Sendable {
        case items([Item])
        /// Says this much and leaves the answer open.
        case open(String)
        /// A refusal.
        case refusal(status: Int, message: String)
    }

    private struct State {
        var script: [Step]
        var requests: [JSONValue] = []
        var complaints: [String] = []
        var answers = 0
    }

    private let state: Mutex<State>
    private let key: String

    /// Such as `127.0.0.2:40123`.
    package let address: String

    /// Starts it and runs `body`.
    package static func run<Result: Sendable>(
        key: String,
        _ script: [Step],
        _ body: (StandInResponses) async throws -> Result
    ) async throws -> Result {
        try await StandInServer.run(
            at: "127.0.0.2",
            { StandInResponses(key: key, script, address: $0) },
            answer: { $0.answer(to: $1, $2) },
            body
        )
    }

    private init(key: String, _ script: [Step], address: String) {
        self.key = key
        self.address = address
        state = Mutex(State(script: script))
    }

    /// The bodies of the requests that had the right key.
    package var requests: [JSONValue] { state.withLock { $0.requests } }

    /// What did not belong, in words; empty when all was well.
    package var complaints: [String] { state.withLock { $0.complaints } }

    /// What the script has left.
    package var remaining: Int { state.withLock { $0.script.count } }

    private func answer(to head: HTTPRequestHead, _ body: [UInt8]) -> StandInReply {
        guard head.headers.first(name: "Authorization") == "Bearer \(key)" else {
            return Self.refusal(401, "Incorrect API key provided")
        }
        let json: JSONValue
        do { json = try JSONValue(parsing: body) } catch { return complain("a body that is not JSON") }
        if let complaint = Self.complaint(head, json) { return complain(complaint) }
        return state.withLock { state in
            state.requests.append(json)
            guard !state.script.isEmpty else {
                state.complaints.append("a request after the end of the script")
                return Self.refusal(400, "the script has ended")
            }
            state.answers += 1
            switch state.script.removeFirst() {
            case .items(let items): return Self.events(ResponsesEvents.all(items, number: state.answers), isOpen: false)
            case .open(let text): return Self.events(ResponsesEvents.begun(text, number: state.answers), isOpen: true)
            case .refusal(let status, let message): return Self.refusal(status, message)
            }
        }
    }

    private func complain(_ text: String) -> StandInReply {
        state.withLock { $0.complaints.append(text) }
        return Self.refusal(400, text)
    }

    private static func refusal(_ status: Int, _ message: String) -> StandInReply {
        .json(status, ["error": ["message": .string(message), "type": "invalid_request_error"]])
    }

    private static func events(_ events: [JSONValue], isOpen: Bool) -> StandInReply {
        .events(events.map { ($0["type"]?.stringValue ?? "", $0) }, isOpen: isOpen)
    }

    /// What a request lacks, by the reference of `POST /v1/responses`.
    private static func complaint(_ head: HTTPRequestHead, _ json: JSONValue) -> String? {
        guard head.method == .POST, head.uri == "/v1/responses" else { return "\(head.method) \(head.uri)" }
        guard head.headers.first(name: "Content-Type")?.hasPrefix("application/json") == true else {
            return "the content type is not JSON"
        }
        guard json["stream"] == true, json["model"]?.stringValue?.isEmpty == false else {
            return "no stream asked for, or no model"
        }
        guard let input = json["input"]?.arrayValue, !input.isEmpty else { return "no input" }
        var open: Set<String> = []
        for item in input {
            let id = item["call_id"]?.stringValue
            switch item["type"]?.stringValue {
            case "function_call"?, "custom_tool_call"?:
                guard let id, open.insert(id).inserted else { return "a call without an id of its own" }
            case "function_call_output"?, "custom_tool_call_output"?:
                guard let id, open.remove(id) != nil else { return "an output without its call" }
            case "message"?:
                guard item["role"]?.stringValue != nil, item["content"]?.arrayValue != nil else {
                    return "a message without role or content"
                }
            case .some: continue
            case nil: return "an item without type"
            }
        }
        return open.isEmpty ? nil : "calls without output: \(open.sorted())"
    }
}

/// The events of one response.
private enum ResponsesEvents {
    static func all(_ items: [StandInResponses.Item], number: Int) -> [JSONValue] {
        var events = [created(number)]
        for (index, item) in items.enumerated() { events += self.item(item, "item_\(number)_\(index)", index) }
        events.append([
            "type": "response.completed",
            "response": [
                "id": .string("resp_\(number)"), "status": "completed",
                "usage": [
                    "input_tokens": 100, "input_tokens_details": ["cached_tokens": 10], "output_tokens": 20,
                    "output_tokens_details": ["reasoning_tokens": 5], "total_tokens": 120,
                ],
            ],
        ])
        return events
    }

    static func begun(_ text: String, number: Int) -> [JSONValue] {
        [created(number)] + Array(item(.message(text), "item_\(number)_0", 0).dropLast())
    }

    private static func created(_ number: Int) -> JSONValue {
        ["type": "response.created", "response": ["id": .string("resp_\(number)"), "status": "in_progress"]]
    }

    private static func item(_ item: StandInResponses.Item, _ id: String, _ index: Int) -> [JSONValue] {
        let place: [String: JSONValue] = ["item_id": .string(id), "output_index": .integer(Int64(index))]
        func event(_ type: String, _ members: [String: JSONValue]) -> JSONValue {
            .object(place.merging(members) { $1 }.merging(["type": .string("response." + type)]) { $1 })
        }
        func whole(_ members: [String: JSONValue]) -> JSONValue {
            event("output_item.done", ["item": .object(members.merging(["id": .string(id)]) { $1 })])
        }
        func added(_ members: [String: JSONValue]) -> JSONValue {
            event("output_item.added", ["item": .object(members.merging(["id": .string(id)]) { $1 })])
        }
        switch item {
        case .message(let text):
            let words = text.split(separator: " ", omittingEmptySubsequences: false).enumerated()
                .map { $0 == 0 ? String($1) : " \($1)" }
            return [added(["type": "message", "role": "assistant", "content": []])]
                + words.map { event("output_text.delta", ["content_index": 0, "delta": .string($0)]) }
                + [
                    whole([
                        "type": "message", "role": "assistant",
                        "content": [["type": "output_text", "text": .string(text)]],
                    ])
                ]
        case .reasoning(let text):
            return [
                added(["type": "reasoning", "summary": []]),
                event("reasoning_summary_part.added", ["summary_index": 0]),
                event("reasoning_summary_text.delta", ["summary_index": 0, "delta": .string(text)]),
                whole(["type": "reasoning", "summary": [["type": "summary_text", "text": .string(text)]]]),
            ]
        case .call(let name, let arguments, let callID):
            return [
                whole([
                    "type": "function_call", "name": .string(name), "call_id": .string(callID),
                    "arguments": .string(String(decoding: arguments.serialized(), as: UTF8.self)),
                ])
            ]
        case .customCall(let name, let input, let callID):
            return [
                whole([
                    "type": "custom_tool_call", "name": .string(name), "call_id": .string(callID),
                    "input": .string(input),
                ])
            ]
        }
    }
}
