package import JSONText
import NIOHTTP1
import Synchronization

/// Anthropic's Messages API on loopback, which plays a script: each request takes the next step, and what is not as the
/// script has it is an objection that a test looks at in the end.
package final class MessagesStandIn: Sendable {
    private struct State {
        var steps: [MessagesStep]
        var objections: [String] = []
        var requests: [JSONValue] = []
    }

    private let state: Mutex<State>
    /// The only key that is right.
    private let key: String

    /// Such as `127.0.0.2:40123`; a sandbox's programs go to 127.0.0.1 themselves, to this one through the proxy.
    package let address: String

    /// What was not as the script has it, the steps that nobody asked for included.
    package var objections: [String] {
        state.withLock { state in
            state.objections + (state.steps.isEmpty ? [] : ["\(state.steps.count) steps were not asked for"])
        }
    }

    /// The bodies of the requests that were answered.
    package var requests: [JSONValue] { state.withLock { $0.requests } }

    /// Starts it and runs `body`.
    package static func run<Result: Sendable>(
        key: String,
        _ steps: [MessagesStep],
        _ body: (MessagesStandIn) async throws -> Result
    ) async throws -> Result {
        try await StandInServer.run(
            at: "127.0.0.2",
            { MessagesStandIn(key: key, steps, address: $0) },
            answer: { $0.reply(to: $1, $2) },
            body
        )
    }

    private init(key: String, _ steps: [MessagesStep], address: String) {
        self.key = key
        self.address = address
        state = Mutex(State(steps: steps))
    }

    private func reply(to head: HTTPRequestHead, _ bytes: [UInt8]) -> StandInReply {
        // Programs look whether anybody is there.
        if head.method == .HEAD { return .answer(200, [], [("Content-Type", "text/plain")]) }
        guard head.method == .POST, head.uri.hasPrefix("/v1/messages"), !head.uri.contains("count_tokens") else {
            return object("unexpected \(head.method) \(head.uri)")
        }
        guard head.headers.first(name: "x-api-key") == key else {
            return Self.error(401, kind: "authentication_error", message: "invalid x-api-key")
        }
        guard head.headers.first(name: "anthropic-version") == "2023-06-01" else {
            return object("anthropic-version is missing")
        }
        let body: JSONValue
        do { body = try JSONValue(parsing: bytes) } catch { return object("a body that is not JSON") }
        guard body["stream"] == true, let model = body["model"]?.stringValue,
            let most = body["max_tokens"]?.integerValue, most > 0, body["messages"]?.arrayValue?.isEmpty == false
        else { return object("a body without model, max_tokens, messages or stream") }
        return state.withLock { state in
            guard let step = state.steps.first else {
                state.objections.append("more requests than the script has")
                return Self.error(400, kind: "invalid_request_error", message: "not in the script")
            }
            if let objection = step.objection(body) {
                state.objections.append(objection)
                return Self.error(400, kind: "invalid_request_error", message: objection)
            }
            state.steps.removeFirst()
            state.requests.append(body)
            return .events(step.events(state.requests.count, model: model), isOpen: step.isEndless)
        }
    }

    private func object(_ objection: String) -> StandInReply {
        state.withLock { $0.objections.append(objection) }
        return Self.error(400, kind: "invalid_request_error", message: objection)
    }

    private static func error(_ status: Int, kind: String, message: String) -> StandInReply {
        .json(status, ["type": "error", "error": ["type": .string(kind), "message": .string(message)]])
    }
}
