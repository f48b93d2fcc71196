import JSONText
import Synchronization

/// Follows one connection in both directions and collects what the declarations do not cover.
///
/// Requests may be as bad as a test wants them: their params count only once the daemon accepted them.
package final class ConversationValidator: Sendable {
    private struct Call {
        var method: String
        var params: JSONValue
    }

    private struct State {
        var calls: [CallID: Call] = [:]
        var violations: [String] = []
    }

    private let validator: TrafficValidator
    private let state = Mutex(State())

    package init(_ validator: TrafficValidator = TrafficValidator()) { self.validator = validator }

    /// What was found so far, in its order.
    package var violations: [String] { state.withLock { $0.violations } }

    /// Takes note of what a client sends: the JSON text of one message or batch.
    package func sent(_ message: [UInt8]) {
        guard let value = try? JSONCoding.decode(JSONValue.self, from: message) else { return }
        state.withLock { state in
            for request in value.arrayValue ?? [value] {
                guard let id = request["id"].flatMap(CallID.init), let method = request["method"]?.stringValue else {
                    continue
                }
                state.calls[id] = Call(method: method, params: request["params"] ?? [:])
            }
        }
    }

    /// Checks what the daemon sends: the JSON text of one message or batch.
    package func received(_ message: [UInt8]) {
        guard let value = try? JSONCoding.decode(JSONValue.self, from: message) else {
            return note("what the daemon sent is no JSON: \(String(decoding: message.prefix(200), as: UTF8.self))")
        }
        for part in value.arrayValue ?? [value] {
            do throws(TrafficValidator.Violation) {
                try check(part)
            } catch {
                note(error.description)
            }
        }
    }

    private func check(_ message: JSONValue) throws(TrafficValidator.Violation) {
        guard message["jsonrpc"] == "2.0" else { throw .init(description: "a message without jsonrpc 2.0") }
        if let method = message["method"]?.stringValue {
            return try validator.check(notification: method, params: message["params"] ?? .null)
        }
        let call = message["id"].flatMap(CallID.init).flatMap { id in
            state.withLock { $0.calls.removeValue(forKey: id) }
        }
        switch (message["result"], message["error"]) {
        case (let result?, nil):
            guard let call else { throw .init(description: "a result of no call: \(message["id"] ?? .null)") }
            try validator.check(params: call.params, of: call.method)
            try validator.check(result: result, of: call.method)
        case (nil, let error?): try validator.check(error: error, of: call?.method)
        default: throw .init(description: "an answer with neither or both of result and error")
        }
    }

    private func note(_ text: String) {
        state.withLock { $0.violations.append(text) }
    }
}

extension CallID {
    fileprivate init?(_ value: JSONValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .integer(let number): self = .integer(number)
        default: return nil
        }
    }
}
