package import OctobotModel
import Synchronization

/// Sandboxes in memory, for tests of what uses a provider.
package final class MockProvider: SandboxProvider {
    /// What a test can make fail.
    package enum Operation: Sendable, Hashable {
        case create, start, stop, remove, restore
        /// What tells whether sandboxes are there; failing hides them all.
        case look
    }

    private struct Entry {
        var spec: SandboxSpec
        var status: SandboxStatus
        var error: String?
        var isKept = false
    }

    private struct State {
        var script: MockAgent.Script = { MockStep.answer("mock: " + $0.text) }
        var entries: [SessionID: Entry] = [:]
        var agents: [SessionID: MockAgent] = [:]
        var failures: [Operation: SandboxError] = [:]
        var slips: [Operation: (passes: Int, error: SandboxError, gate: MockGate)] = [:]
        var status = ProviderStatus(available: true, state: .ready)
        var notes: [String] = []
        var limits = SandboxLimits()
        var openRoot: (@Sendable (_ rows: Int, _ columns: Int) -> any RootTerminal)?
        var caches: [SandboxCache] = []
        var installation: String?
        var outdated: Set<SessionID> = []
        var gates: [Operation: MockGate] = [:]
        var calls: [Operation: Int] = [:]
        var makesCaches = false
        var secret: String?
    }

    package let name: String
    private let state = Mutex(State())
    private let changes = ChangeFeed()
    private let pulls = AsyncStream<ImagePull>.makeStream()

    package init(name: String = "mock") { self.name = name }

    package var imagePulls: AsyncStream<ImagePull> { pulls.stream }

    /// Tells of a pull as if there were one.
    package func tell(_ pull: ImagePull) { pulls.continuation.yield(pull) }

    deinit { changes.finish() }

    // MARK: For tests

    /// What agents made from now on do with prompts.
    package var script: MockAgent.Script {
        get { state.withLock { $0.script } }
        set { state.withLock { $0.script = newValue } }
    }
    /// The isolation notes of every sandbox.
    package var isolationNotes: [String] {
        get { state.withLock { $0.notes } }
        set { state.withLock { $0.notes = newValue } }
    }
    /// Whose sandboxes they are said to be.
    package var installation: String? {
        get { state.withLock { $0.installation } }
        set { state.withLock { $0.installation = newValue } }
    }
    /// Says that a sandbox was made from another image than a new one would be; until it is made anew.
    package func outdate(_ id: SessionID) { state.withLock { _ = $0.outdated.insert(id) } }
    /// Holds an operation up until the gate opens; a start gives up when it is cancelled.
    package func hold(_ operation: Operation, at gate: MockGate?) { state.withLock { $0.gates[operation] = gate } }
    /// How often an operation was asked for.
    package func calls(_ operation: Operation) -> Int { state.withLock { $0.calls[operation, default: 0] } }
    /// The secret agents take; without one they take any.
    package func accept(secret: String) { state.withLock { $0.secret = secret } }
    /// Makes the first sandbox of a project make its cache.
    package func makeCaches() { state.withLock { $0.makesCaches = true } }
    /// Ends what is told to those who watch, as when an engine goes away.
    package func loseWatchers() { changes.finish() }
    /// From now on sandboxes have a root whose shells are made so.
    package func openRoot(_ make: @escaping @Sendable (_ rows: Int, _ columns: Int) -> any RootTerminal) {
        state.withLock { $0.openRoot = make }
    }
    /// What sandboxes are said to be held to.
    package func setLimits(_ limits: SandboxLimits) { state.withLock { $0.limits = limits } }
    /// The caches there are, of all projects.
    package func setCaches(_ caches: [SandboxCache]) { state.withLock { $0.caches = caches } }
    /// What ``status()`` answers.
    package func setStatus(_ status: ProviderStatus) { state.withLock { $0.status = status } }
    /// Makes an operation fail until it is set to `nil`.
    package func fail(_ operation: Operation, with error: SandboxError?) {
        state.withLock { $0.failures[operation] = error }
    }
    /// Makes an operation fail one single time, after so many times that it does not.
    ///
    /// - Returns: What opens when it has failed.
    package func slip(_ operation: Operation, after passes: Int, with error: SandboxError) -> MockGate {
        let gate = MockGate()
        state.withLock { $0.slips[operation] = (passes, error, gate) }
        return gate
    }
    /// The agent of a session, made when it is missing.
    package func agent(of id: SessionID) -> MockAgent {
        state.withLock { state in
            if let agent = state.agents[id] { return agent }
            let agent = MockAgent(script: state.script)
            state.agents[id] = agent
            return agent
        }
    }
    /// What a session's sandbox was made from.
    package func spec(of id: SessionID) -> SandboxSpec? { state.withLock { $0.entries[id]?.spec } }
    /// Ends a sandbox behind everybody's back.
    package func end(_ id: SessionID, as status: SandboxStatus, error: String? = nil) {
        let isKnown = state.withLock { state in
            if status == .removed {
                defer { state.entries[id] = nil }
                state.agents[id]?.isReachable = false
                return state.entries[id] != nil
            }
            state.entries[id]?.status = status
            state.entries[id]?.error = error
            state.agents[id]?.isReachable = false
            return state.entries[id] != nil
        }
        if isKnown { changes.send(SandboxChange(sessionID: id, status: status, error: error)) }
    }

    // MARK: SandboxProvider

    package var limits: SandboxLimits { state.withLock { $0.limits } }

    package func attachRoot(
        _ id: SessionID,
        rows: Int,
        columns: Int
    ) async throws(SandboxError) -> any RootTerminal {
        guard let make = state.withLock({ $0.openRoot }) else {
            throw .unavailable(component: "root shell", message: "No root here.", hint: "Open it without root.")
        }
        return make(rows, columns)
    }

    package func caches(of project: ProjectID) async throws(SandboxError) -> [SandboxCache] {
        state.withLock { $0.caches.filter { $0.projectID == project } }
    }

    package func deleteCaches(of project: ProjectID) async throws(SandboxError) {
        try state.withLock { state throws(SandboxError) in
            let isUsed = state.entries.values.contains { $0.spec.projectID == project && $0.status == .running }
            if isUsed { throw .failed("The cache is in use by a sandbox that runs.") }
            state.caches.removeAll { $0.projectID == project }
        }
    }

    package func status() async -> ProviderStatus { state.withLock { $0.status } }

    package func create(_ spec: SandboxSpec) async throws(SandboxError) {
        let id = spec.sessionID
        guard id.isValid else { throw .failed("'\(id)' cannot be a session id.") }
        try await pass(.create)
        try change(.create) { state throws(SandboxError) in
            guard state.entries[id]?.isKept ?? true else { throw .alreadyExists(id) }
            state.entries[id] = Entry(spec: spec, status: .created)
            let project = spec.projectID
            if state.makesCaches, !state.caches.contains(where: { $0.projectID == project }) {
                let name = "octobot-cache-\(project)"
                state.caches.append(SandboxCache(name: name, projectID: project, path: "/mock/\(name)"))
            }
            state.outdated.remove(id)
        }
        changes.send(SandboxChange(sessionID: id, status: .created))
    }

    package func start(_ id: SessionID) async throws(SandboxError) {
        try await pass(.start)
        try change(.start) { state throws(SandboxError) in
            guard let entry = state.entries[id], !entry.isKept else { throw .notFound(id) }
            guard entry.status != .running else { throw .alreadyRunning(id) }
            state.entries[id]?.status = .running
            state.entries[id]?.error = nil
            if state.agents[id] == nil { state.agents[id] = MockAgent(script: state.script) }
            state.agents[id]?.isReachable = true
        }
        changes.send(SandboxChange(sessionID: id, status: .running))
    }

    package func stop(_ id: SessionID, grace: Duration) async throws(SandboxError) {
        try await pass(.stop)
        try change(.stop) { state throws(SandboxError) in
            guard let entry = state.entries[id], !entry.isKept else { throw .notFound(id) }
            guard entry.status == .running else { throw .notRunning(id) }
            state.entries[id]?.status = .stopped
            state.agents[id]?.isReachable = false
        }
        changes.send(SandboxChange(sessionID: id, status: .stopped))
    }

    package func remove(_ id: SessionID, data: SandboxData) async throws(SandboxError) {
        try await pass(.remove)
        try change(.remove) { state throws(SandboxError) in
            guard state.entries[id] != nil else { throw .notFound(id) }
            state.agents[id]?.isReachable = false
            switch data {
            case .keep:
                state.entries[id]?.status = .stopped
                state.entries[id]?.isKept = true
            case .delete:
                state.entries[id] = nil
                state.agents[id] = nil
            }
        }
        changes.send(SandboxChange(sessionID: id, status: .removed))
    }

    package func restore(_ id: SessionID) async throws(SandboxError) {
        let isBack = try change(.restore) { state throws(SandboxError) in
            guard let entry = state.entries[id] else { throw .notFound(id) }
            state.entries[id]?.isKept = false
            return entry.isKept
        }
        if isBack { changes.send(SandboxChange(sessionID: id, status: .stopped)) }
    }

    package func deleteKept(_ id: SessionID) async throws(SandboxError) {
        state.withLock { state in
            guard state.entries[id]?.isKept == true else { return }
            state.entries[id] = nil
            state.agents[id] = nil
        }
    }

    package func sandbox(_ id: SessionID) async throws(SandboxError) -> Sandbox? {
        try change(.look) { state throws(SandboxError) in state.entries[id].map { Self.sandbox($0, state) } }
    }

    package func list() async throws(SandboxError) -> [Sandbox] {
        try change(.look) { state throws(SandboxError) in
            state.entries.values.filter { !$0.isKept }.map { Self.sandbox($0, state) }
        }
        .sorted { $0.sessionID.rawValue < $1.sessionID.rawValue }
    }

    package func watch() -> AsyncStream<SandboxChange> {
        state.withLock { state in
            changes.watch(
                startingWith: state.entries.values.filter { !$0.isKept }.map {
                    SandboxChange(sessionID: $0.spec.sessionID, status: $0.status, error: $0.error)
                }
            )
        }
    }

    package func agent(_ id: SessionID, secret: String) throws(SandboxError) -> any SandboxAgent {
        let (entry, isNew, isTrusted) = state.withLock { state in
            (state.entries[id], state.agents[id] == nil, state.secret ?? secret == secret)
        }
        guard let entry else { throw .notFound(id) }
        let agent = agent(of: id)
        if isNew, entry.status != .running { agent.isReachable = false }
        return isTrusted || !agent.isReachable ? agent : MockAgent(script: { _ in [] }, refusal: .unauthorized)
    }

    private func change<Value: Sendable>(
        _ operation: Operation,
        _ body: (inout sending State) throws(SandboxError) -> Value
    ) throws(SandboxError) -> Value {
        try state.withLock { state throws(SandboxError) in
            if let failure = state.failures[operation] { throw failure }
            if let slip = state.slips[operation] {
                guard slip.passes > 0 else {
                    state.slips[operation] = nil
                    slip.gate.open()
                    throw slip.error
                }
                state.slips[operation]?.passes -= 1
            }
            return try body(&state)
        }
    }

    /// Waits at the operation's gate, when it has one.
    private func pass(_ operation: Operation) async throws(SandboxError) {
        let gate = state.withLock { state in
            state.calls[operation, default: 0] += 1
            return state.gates[operation]
        }
        guard let gate else { return }
        await gate.wait()
        if operation == .start, Task.isCancelled { throw .failed("The start was cancelled.") }
    }

    private static func sandbox(_ entry: Entry, _ state: State) -> Sandbox {
        Sandbox(
            sessionID: entry.spec.sessionID,
            workspaceID: entry.spec.workspaceID,
            projectID: entry.spec.projectID,
            status: entry.status,
            error: entry.error,
            isolationNotes: state.notes,
            installation: state.installation,
            isOutdated: state.outdated.contains(entry.spec.sessionID)
        )
    }
}
