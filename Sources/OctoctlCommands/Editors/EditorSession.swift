import AgentClientProtocol
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel
import Synchronization

/// A session of the daemon as one editor has it open: what happens in it goes to the editor once and in order,
/// whoever caused it.
final class EditorSession: Sendable {
    /// What an editor can do beyond the least (acp.md §4).
    struct Abilities: Sendable, Equatable {
        var showsForms = false
        var readsFiles = false
    }

    /// How a turn ended: a stop reason, or an error.
    typealias Ending = Result<String, ACPError>

    struct Prompt: Sendable {
        var turnID: TurnID?
        var isCancelled = false
        let ending: Promised<Ending>
    }

    struct State {
        var position: StartPosition
        /// What lay before the present is shown too.
        var replays: Bool
        var isReading = false
        /// The history asked for is done.
        var isPresent = false
        /// The editor knows the session, so that it can be asked things.
        var isOpen = false
        var isClosed = false
        /// Said before the first turn.
        var greeting: String?
        /// By message.
        var prompts: [String: Prompt] = [:]
        /// Not asked yet.
        var pending: [PendingApproval] = []
        var dialogs: [ApprovalID: Task<Void, Never>] = [:]
        var choices: EditorChoices
        var title: String?
    }

    let id: SessionID
    let connected: Connected
    let link: any ACPLink
    let paths: EditorPaths
    let abilities: Abilities
    let state: Mutex<State>
    /// Told once the history asked for is done, or why it cannot be had.
    let caughtUp = Promised<Result<Void, ACPError>>()

    init(
        _ id: SessionID,
        connected: Connected,
        link: any ACPLink,
        paths: EditorPaths,
        abilities: Abilities,
        from state: State
    ) {
        self.id = id
        self.connected = connected
        self.link = link
        self.paths = paths
        self.abilities = abilities
        self.state = Mutex(state)
    }

    /// Sends one `session/update`; nothing once the editor has closed the session.
    func send(_ update: JSONValue) async throws {
        guard !state.withLock({ $0.isClosed }) else { return }
        let params: JSONValue = ["sessionId": .string(id.rawValue), "update": update]
        try await link.notify(ACPMethod.update, params: params.serialized())
    }

    /// Sends a prompt and waits until its turn is over and everything about it has been sent.
    ///
    /// - Returns: The stop reason (acp.md §9.1).
    func prompt(_ blocks: [ContentBlock], reader: @escaping @Sendable () -> Void) async throws -> String {
        let translation = PromptTranslation(paths: paths) { [self] path in await text(of: path) }
        let message = OutgoingMessage(
            id: Identifier<Turn>.random().rawValue,
            parts: await translation.parts(blocks)
        )
        let key = message.id ?? ""
        let ending = Promised<Ending>()
        let choices = state.withLock { state in
            state.prompts[key] = Prompt(ending: ending)
            return state.choices
        }
        defer { state.withLock { $0.prompts[key] = nil } }
        reader()
        let params = SendChat.Params(
            projectID: connected.project,
            sessionID: id,
            message: message,
            model: choices.model,
            reasoning: choices.reasoning
        )
        let sent = try await connected.patiently { try await connected.client.call(SendChat.self, params) }
        let isCancelled = state.withLock { state in
            state.prompts[key]?.turnID = sent.turnID
            return state.prompts[key]?.isCancelled == true
        }
        if isCancelled { try await cancel(sent.turnID) }
        // The editor no longer waits; the turn goes on.
        guard let result = await ending.value else { throw ACPError.cancelled }
        return try result.get()
    }

    /// A file as the editor has it, saved or not.
    private func text(of path: String) async -> String? {
        guard abilities.readsFiles else { return PromptTranslation.readFile(path) }
        let params: JSONValue = ["sessionId": .string(id.rawValue), "path": .string(path)]
        do {
            let result = try await link.call(ACPMethod.readTextFile, params: params.serialized())
            let text = try JSONValue(parsing: result)["content"]?.stringValue
            return text.flatMap { $0.utf8.count <= PromptTranslation.attachmentLimit ? $0 : nil }
        } catch {
            // A folder, or a file the editor does not read; it is named and not attached.
            return nil
        }
    }

    /// `session/cancel`: the turns this editor waits for, else the running one.
    func cancel() async {
        let (turns, isWaiting) = state.withLock { state in
            for key in state.prompts.keys { state.prompts[key]?.isCancelled = true }
            return (state.prompts.values.compactMap(\.turnID), !state.prompts.isEmpty)
        }
        do {
            for turn in turns { try await cancel(turn) }
            if !isWaiting { try await cancel(nil) }
        } catch {
            note("The turn could not be cancelled: \(ACPError(error))")
        }
    }

    private func cancel(_ turn: TurnID?) async throws {
        let params = CancelChat.Params(projectID: connected.project, sessionID: id, turnID: turn)
        do {
            _ = try await connected.patiently { try await connected.client.call(CancelChat.self, params) }
        } catch let refusal as Refusal where refusal.fault.kind == .invalidState {
            // It ended by itself; the log says how.
        }
    }

    /// A line for who looks at the editor's log of its agents.
    func note(_ text: String) { connected.console.note(TerminalText.line(text)) }

    /// The editor is done with the session; what happens in it goes on.
    func close() async {
        let dialogs = state.withLock { state in
            state.isClosed = true
            defer { state.dialogs = [:] }
            return Array(state.dialogs.values)
        }
        for dialog in dialogs { dialog.cancel() }
        for dialog in dialogs { await dialog.value }
    }
}
