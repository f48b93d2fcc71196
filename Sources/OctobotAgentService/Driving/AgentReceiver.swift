import AgentClientProtocol
import JSONText
import Logging
import Synchronization

/// Takes what one agent process sends: options are remembered, everything else goes to the turn that runs.
final class AgentReceiver: ACPReceiver {
    private struct State {
        var turn: TurnRecorder?
        var options = SessionOptions()
        var commands: Set<String> = []
        /// Calls of turns that have ended; late news about them is of no interest.
        var oldCalls: Set<String> = []
        var lastUpdate = ContinuousClock.now
        var isClosed = false
    }

    private let state = Mutex(State())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    var options: SessionOptions { state.withLock { $0.options } }

    /// Changes the options in one step, since updates change them as well.
    func changeOptions(_ change: @Sendable (inout SessionOptions) -> Void) {
        state.withLock { change(&$0.options) }
    }

    var commands: Set<String> { state.withLock { $0.commands } }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// How long no update has come.
    var quiet: Duration { state.withLock { $0.lastUpdate.duration(to: .now) } }

    /// Directs updates to a turn.
    ///
    /// Until the first turn they are a replay and dropped.
    func begin(_ turn: TurnRecorder) {
        state.withLock { $0.turn = turn }
    }

    /// Ends the turn; its calls are remembered as old.
    func end(_ calls: Set<String>) {
        state.withLock { state in
            state.turn = nil
            state.oldCalls.formUnion(calls)
        }
    }

    func notified(_ method: String, params: [UInt8]) async {
        if let update = update(method, params: params) { await take(update) }
    }

    /// The news in a notification.
    func update(_ method: String, params: [UInt8]) -> SessionUpdate? {
        guard method == ACPMethod.update else { return nil }
        do {
            return SessionUpdate(try JSONValue(parsing: params)["update"] ?? .null)
        } catch {
            logger.debug("unreadable update of the agent")
            return nil
        }
    }

    /// Takes news of the agent; while the turn's spool is full, its sender is held back.
    func take(_ update: SessionUpdate) async {
        let turn = state.withLock { state -> TurnRecorder? in
            state.lastUpdate = .now
            switch update {
            case .availableCommands(let names): state.commands = Set(names)
            case .configOptions(let options): state.options.configOptions = options
            case .mode(let mode): state.options.legacyCurrentMode = mode
            case .toolCall(let call) where state.oldCalls.contains(call.id): return nil
            default: break
            }
            return state.turn
        }
        if case .ignored(let kind) = update {
            logger.debug("ignored update", metadata: ["acp.update": "\(kind)"])
        }
        await turn?.record(update)
    }

    /// Asks for a permission; cancelled when no turn runs.
    func permission(_ request: PermissionRequest) async throws(ACPError) -> PermissionOutcome {
        try await state.withLock({ $0.turn })?.permission(request) ?? .cancelled
    }

    /// Asks for the answers of a form; cancelled when no turn runs.
    func elicitation(_ form: Elicitation) async throws(ACPError) -> ElicitationOutcome {
        try await state.withLock({ $0.turn })?.elicitation(form) ?? .cancel
    }

    func answer(_ method: String, params: [UInt8]) async throws(ACPError) -> [UInt8] {
        switch method {
        case ACPMethod.requestPermission:
            guard let request = Self.permission(params) else { throw .invalidParams("toolCall is missing") }
            return try await permission(request).json.serialized()
        case ACPMethod.elicit:
            if let form = Elicitation(parsing: params) { return try await elicitation(form).json.serialized() }
            guard let visit = Self.visit(params) else { throw .invalidParams("only forms and URLs are supported") }
            return try await self.visit(visit).json.serialized()
        default:
            throw .methodNotFound(method)
        }
    }

    /// Asks whether a page is to be visited; cancelled when no turn runs.
    private func visit(_ visit: Visit) async throws(ACPError) -> ElicitationOutcome {
        try await state.withLock({ $0.turn })?.visit(visit) ?? .cancel
    }

    private static func visit(_ params: [UInt8]) -> Visit? {
        do {
            return Visit(try JSONValue(parsing: params))
        } catch {
            return nil
        }
    }

    private static func permission(_ params: [UInt8]) -> PermissionRequest? {
        do {
            return PermissionRequest(try JSONValue(parsing: params))
        } catch {
            return nil
        }
    }

    func closed() async {
        state.withLock { $0.isClosed = true }
    }
}
