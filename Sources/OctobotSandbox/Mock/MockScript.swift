package import JSONText
package import OctobotModel
package import SandboxAgentAPI
import Synchronization

/// A prompt a mock agent was sent.
package struct MockPrompt: Sendable {
    package var turn: TurnID
    package var message: JSONValue
    package var model: String?
    package var reasoning: String?
    package var credentials: [AgentCredential]?
    package var settings: AgentSettings?
    package var identity: AgentGitIdentity?

    /// The text of the message's parts, one after the other.
    package var text: String {
        message["parts"]?.arrayValue?.compactMap { $0["text"]?.stringValue }.joined() ?? ""
    }
}

/// One step of what a mock agent does with a prompt.
package enum MockStep: Sendable {
    /// A chunk, as JSON text.
    case chunk(String)
    /// Puts a question up under an id and goes on when it is answered.
    case ask(String, AgentQuestion)
    /// Goes on when the gate is opened.
    case wait(MockGate)

    /// The chunks of a short answer, from `start` to `finish`.
    package static func answer(_ text: String) -> [MockStep] {
        let quoted = (try? JSONCoding.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? #""""#
        return [
            .chunk(#"{"type":"start","messageId":"mock"}"#),
            .chunk(#"{"type":"text-start","id":"t"}"#),
            .chunk(#"{"type":"text-delta","id":"t","delta":\#(quoted)}"#),
            .chunk(#"{"type":"text-end","id":"t"}"#),
            .chunk(#"{"type":"finish","finishReason":"stop"}"#),
        ]
    }
}

/// Holds scripts up until a test opens it, once and for all.
package final class MockGate: Sendable {
    private struct State {
        var isOpen = false
        var next = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return state.waiting.values.map(\.self)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until it is open or the task is cancelled.
    package func wait() async {
        let key = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if state.isOpen || Task.isCancelled { return true }
                    state.waiting[key] = continuation
                    return false
                }
                if isOpen { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: key) }?.resume()
        }
    }
}
