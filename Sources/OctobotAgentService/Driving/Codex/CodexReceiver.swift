import AgentClientProtocol
import JSONText
import Logging
import Synchronization

/// Takes what one `codex app-server` sends: updates and questions go to the ``AgentReceiver``, what happens to the turn as
/// a whole to whoever waits for it.
final class CodexReceiver: ACPReceiver {
    private struct State {
        var threadID: String?
        var turnID: String?
        var wantsInterrupt = false
        var mapper = CodexMapper()
        var events: AsyncStream<CodexTurnEvent>.Continuation?
    }

    private let state = Mutex(State())
    private let receiver: AgentReceiver
    private let logger: Logger

    init(_ receiver: AgentReceiver, logger: Logger) {
        self.receiver = receiver
        self.logger = logger
    }

    /// The thread whose turns are told; those of sub-agents are not.
    func follow(_ threadID: String) {
        state.withLock { $0.threadID = threadID }
    }

    /// A turn is about to start; its events, which end when the program goes away.
    func beginTurn() -> AsyncStream<CodexTurnEvent> {
        // Few come in a turn: its start, its end, and the provider's refusals.
        let (events, continuation) = AsyncStream.makeStream(of: CodexTurnEvent.self)
        let old = state.withLock { state in
            state.turnID = nil
            state.wantsInterrupt = false
            defer { state.events = continuation }
            return state.events
        }
        old?.finish()
        if receiver.isClosed { continuation.finish() }
        return events
    }

    func endTurn() {
        let events = state.withLock { state in
            state.turnID = nil
            defer { state.events = nil }
            return state.events
        }
        events?.finish()
    }

    /// The turn that runs; `nil` without one and before it is known.
    var turnID: String? { state.withLock { $0.turnID } }

    /// The turn to interrupt; `nil` without one, and when it has yet to start, which is when it has to be interrupted.
    func interrupting() -> String? {
        state.withLock { state in
            state.wantsInterrupt = true
            return state.turnID
        }
    }

    /// Whether an interrupt came before the turn could be interrupted.
    var wantsInterrupt: Bool { state.withLock { $0.wantsInterrupt } }

    func notified(_ method: String, params: [UInt8]) async {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: params)
        } catch {
            return logger.debug("unreadable notification of the agent")
        }
        let updates = state.withLock { state -> [SessionUpdate] in
            if let thread = json["threadId"]?.stringValue, thread != state.threadID { return [] }
            if let event = CodexTurnEvent(method, json) {
                if case .started(let id) = event, state.events != nil {
                    state.turnID = id
                    state.mapper.begin()
                }
                state.events?.yield(event)
                return []
            }
            return state.mapper.updates(method, json)
        }
        for update in updates { await receiver.take(update) }
    }

    func answer(_ method: String, params: [UInt8]) async throws(ACPError) -> [UInt8] {
        guard let request = CodexRequest(method, params) else { throw .methodNotFound(method) }
        let result =
            switch request.question {
            case .permission(let permission): request.result(try await receiver.permission(permission))
            case .form(let form): request.result(try await receiver.elicitation(form))
            }
        return result.serialized()
    }

    func closed() async {
        await receiver.closed()
        endTurn()
    }
}
