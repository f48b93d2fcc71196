import Foundation
package import JSONText
package import OctobotModel
package import SandboxAgentAPI
import Synchronization

/// An agent in memory that follows a script; it outlives stops of its sandbox as the spool of a real one does.
package final class MockAgent: SandboxAgent {
    package typealias Script = @Sendable (MockPrompt) -> [MockStep]

    /// What a test can make fail.
    package enum Operation: Sendable, Hashable {
        case answer, chunks
    }

    private struct TurnState {
        var chunks: [[UInt8]] = []
        var isDone = false
        var acknowledged = 0
        var task: Task<Void, Never>?
        /// Opened and replaced whenever something is added.
        var bell = MockGate()
    }

    private struct State {
        var script: Script
        var isReachable = true
        var prompts: [MockPrompt] = []
        var deliveries = 0
        var turns: [TurnID: TurnState] = [:]
        var questions: [String: (question: AgentQuestion, gate: MockGate)] = [:]
        var answers: [String: [String: String]] = [:]
        var diff = Array(#"{"files":[],"stats":{"filesChanged":0,"additions":0,"deletions":0}}"#.utf8)
        var commit: Result<AgentCommit, SandboxAgentError> = .success(AgentCommit(head: "", commitCount: 0))
        var commits: Result<AgentCommits, SandboxAgentError> = .success(AgentCommits(patches: [], commitCount: 0))
        var bases: [String] = []
        var commands: [String] = []
        var models: [ModelList.Model] = []
        var report: AgentReport?
        var commitsAsked: [String] = []
        var failures: [Operation: SandboxAgentError] = [:]
    }

    /// What people do in its sandbox by hand.
    package let hands = MockHands()
    /// The services and hooks of its workspace.
    package let scripts = MockScripts()
    let refusal: SandboxAgentError?
    private let state: Mutex<State>

    /// - Parameter refusal: What it answers to everything, if not what a script says.
    package init(script: @escaping Script, refusal: SandboxAgentError? = nil) {
        state = Mutex(State(script: script))
        self.refusal = refusal
    }

    // MARK: For tests

    /// What it does with prompts from now on.
    package func follow(_ script: @escaping Script) { state.withLock { $0.script = script } }
    /// Every prompt it took, each once.
    package var prompts: [MockPrompt] { state.withLock { $0.prompts } }
    /// How often a prompt was handed over, repetitions included.
    package var deliveries: Int { state.withLock { $0.deliveries } }
    /// What questions were answered, by their ids.
    package var answers: [String: [String: String]] { state.withLock { $0.answers } }
    /// The commits its base was moved to.
    package var bases: [String] { state.withLock { $0.bases } }
    /// The commits its work was asked to be put onto.
    package var commitsAsked: [String] { state.withLock { $0.commitsAsked } }
    /// The slash commands it advertises.
    package func setCommands(_ names: [String]) { state.withLock { $0.commands = names } }
    /// The models it offers, and what it says about itself.
    package func setModels(_ models: [ModelList.Model], report: AgentReport? = nil) {
        state.withLock { state in
            state.models = models
            state.report = report
        }
    }
    /// The highest chunk of a turn that was acknowledged.
    package func acknowledged(_ turn: TurnID) -> Int { state.withLock { $0.turns[turn]?.acknowledged ?? 0 } }
    /// What ``diff(path:format:)`` answers.
    package func setDiff(_ json: String) { state.withLock { $0.diff = Array(json.utf8) } }
    /// What ``commit(onto:message:)`` answers.
    package func setCommit(_ result: Result<AgentCommit, SandboxAgentError>) { state.withLock { $0.commit = result } }
    /// What ``commits(parent:)`` answers.
    package func setCommits(_ result: Result<AgentCommits, SandboxAgentError>) {
        state.withLock { $0.commits = result }
    }
    /// Makes an operation fail until it is set to `nil`; streams that are open see it with their next chunk.
    package func fail(_ operation: Operation, with error: SandboxAgentError?) {
        state.withLock { $0.failures[operation] = error }
    }
    /// Whether requests arrive; breaks every stream when they no longer do.
    package var isReachable: Bool {
        get { state.withLock { $0.isReachable } }
        set {
            let bells = state.withLock { state in
                state.isReachable = newValue
                return state.turns.keys.map { Self.ring($0, &state) }
            }
            for bell in bells { bell.open() }
        }
    }
    /// Forgets every turn, as an agent whose data is lost.
    package func forgetTurns() {
        let turns = state.withLock { state in
            defer { state.turns = [:] }
            return state.turns.values.map(\.self)
        }
        for turn in turns {
            turn.task?.cancel()
            turn.bell.open()
        }
    }

    // MARK: SandboxAgent

    package func send(
        turn: TurnID,
        message: JSONValue,
        model: String?,
        reasoning: String?,
        credentials: [AgentCredential]?,
        settings: AgentSettings?,
        identity: AgentGitIdentity?
    ) async throws(SandboxAgentError) {
        let prompt = MockPrompt(
            turn: turn,
            message: message,
            model: model,
            reasoning: reasoning,
            credentials: credentials,
            settings: settings,
            identity: identity
        )
        try reach { state throws(SandboxAgentError) in
            state.deliveries += 1
            guard state.turns[turn] == nil else { return }
            if let running = state.turns.first(where: { !$0.value.isDone }) { throw .conflict(running.key.rawValue) }
            state.prompts.append(prompt)
            let steps = state.script(prompt)
            state.turns[turn] = TurnState()
            state.turns[turn]?.task = Task { [self] in await perform(steps, of: turn) }
        }
    }

    package func chunks(turn: TurnID, from: Int) -> AgentChunks {
        AgentChunks { [self] in Reader(agent: self, turn: turn, position: from) }
    }

    package func question(_ id: String) async throws(SandboxAgentError) -> AgentQuestion {
        try reach { state throws(SandboxAgentError) in
            guard let question = state.questions[id]?.question else { throw .notFound }
            return question
        }
    }

    package func answer(_ id: String, answers: [String: String]) async throws(SandboxAgentError) {
        let gate = try reach { state throws(SandboxAgentError) -> MockGate? in
            if let failure = state.failures[.answer] { throw failure }
            if state.answers[id] != nil { return nil }
            guard let question = state.questions.removeValue(forKey: id) else { throw .notFound }
            state.answers[id] = answers
            return question.gate
        }
        gate?.open()
    }

    package func cancel(turn: TurnID) async throws(SandboxAgentError) {
        let task = try reach { state throws(SandboxAgentError) in
            guard let known = state.turns[turn], !known.isDone else { throw .conflict("") }
            return known.task
        }
        task?.cancel()
    }

    package func acknowledge(turn: TurnID, n: Int) async throws(SandboxAgentError) {
        try reach { state in
            guard let known = state.turns[turn]?.acknowledged else { return }
            state.turns[turn]?.acknowledged = max(known, n)
        }
    }

    package func commands() async throws(SandboxAgentError) -> [String] {
        try reach { $0.commands }
    }

    package func models(credentials: [AgentCredential]?) async throws(SandboxAgentError) -> ModelList {
        try reach { ModelList(models: $0.models, agent: $0.report) }
    }

    package func diff(path: String?, format: String?) async throws(SandboxAgentError) -> [UInt8] {
        try reach { $0.diff }
    }

    package func commit(onto: String, message: String?) async throws(SandboxAgentError) -> AgentCommit {
        try reach { state in
            state.commitsAsked.append(onto)
            return state.commit
        }.get()
    }

    package func commits(parent: String) async throws(SandboxAgentError) -> AgentCommits {
        try reach { $0.commits }.get()
    }

    package func moveBase(_ commit: String) async throws(SandboxAgentError) {
        try reach { $0.bases.append(commit) }
    }

    // MARK: Performing

    private func reach<Value>(
        _ body: (inout sending State) throws(SandboxAgentError) -> sending Value
    ) throws(SandboxAgentError) -> Value {
        if let refusal { throw refusal }
        return try state.withLock { state throws(SandboxAgentError) in
            guard state.isReachable else { throw .unreachable("the mock agent is not reachable") }
            return try body(&state)
        }
    }

    private func perform(_ steps: [MockStep], of turn: TurnID) async {
        var gates: [String: MockGate] = [:]
        defer { for id in gates.keys { state.withLock { $0.questions[id] = nil } } }
        for (index, step) in steps.enumerated() {
            // The chunk before a question names it, and may be read at once.
            var asking = step
            if case .chunk = step, index + 1 < steps.count { asking = steps[index + 1] }
            if case .ask(let id, let question) = asking, gates[id] == nil {
                let gate = MockGate()
                gates[id] = gate
                state.withLock { $0.questions[id] = (question, gate) }
            }
            switch step {
            case .chunk(let text): add([Array(text.utf8)], to: turn, isLast: false)
            case .ask(let id, _):
                await gates[id]?.wait()
                state.withLock { $0.questions[id] = nil }
            case .wait(let gate): await gate.wait()
            }
            if Task.isCancelled {
                return add([Array(#"{"type":"finish","finishReason":"stop"}"#.utf8)], to: turn, isLast: true)
            }
        }
        add([], to: turn, isLast: true)
    }

    private func add(_ chunks: [[UInt8]], to turn: TurnID, isLast: Bool) {
        let bell = state.withLock { state in
            state.turns[turn]?.chunks += chunks
            if isLast { state.turns[turn]?.isDone = true }
            return Self.ring(turn, &state)
        }
        bell.open()
    }

    private static func ring(_ turn: TurnID, _ state: inout State) -> MockGate {
        defer { state.turns[turn]?.bell = MockGate() }
        return state.turns[turn]?.bell ?? MockGate()
    }

    private final class Reader: AgentChunkReader {
        private let agent: MockAgent
        private let turn: TurnID
        private var position: Int

        init(agent: MockAgent, turn: TurnID, position: Int) {
            self.agent = agent
            self.turn = turn
            self.position = position
        }

        func read(isolation actor: isolated (any Actor)?) async throws -> [AgentChunk]? {
            if let refusal = agent.refusal { throw refusal }
            while true {
                let (chunks, isDone, bell) = try agent.state.withLock { [position] state in
                    guard state.isReachable else { throw SandboxAgentError.unreachable("the mock agent is gone") }
                    if let failure = state.failures[.chunks] { throw failure }
                    guard let turn = state.turns[turn] else { throw SandboxAgentError.notFound }
                    let new = turn.chunks.enumerated().dropFirst(position)
                    return (new.map { AgentChunk(n: $0.offset + 1, bytes: $0.element) }, turn.isDone, turn.bell)
                }
                if let last = chunks.last {
                    position = last.n
                    return chunks
                }
                if isDone { return nil }
                await bell.wait()
                try Task.checkCancellation()
            }
        }
    }
}
