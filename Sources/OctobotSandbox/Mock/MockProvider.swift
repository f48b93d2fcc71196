package import OctobotModel
import Synchronization

/// Sandboxes in memory, for tests of what uses a provider.
package final class MockProvider: SandboxProvider {
    /// What a test can make fail.
    package enum Operation: Sendable, Hashable {
        case create, start, stop, remove, restore
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
        var status = ProviderStatus(available: true, state: .ready)
        var notes: [String] = []
    }

    package let name: String
    private let state = Mutex(State())
    private let changes = ChangeFeed()

    package init(name: String = "mock") { self.name = name }

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
    /// What ``status()`` answers.
    package func setStatus(_ status: ProviderStatus) { state.withLock { $0.status = status } }
    /// Makes an operation fail until it is set to `nil`.
    package func fail(_ operation: Operation, with error: SandboxError?) {
        state.withLock { $0.failures[operation] = error }
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
            state.entries[id]?.status = status
            state.entries[id]?.error = error
            state.agents[id]?.isReachable = false
            return state.entries[id] != nil
        }
        if isKnown { changes.send(SandboxChange(sessionID: id, status: status, error: error)) }
    }

    // MARK: SandboxProvider

    package var limits: SandboxLimits { SandboxLimits() }

    package func caches(of project: ProjectID) async throws(SandboxError) -> [SandboxCache] { [] }

    package func deleteCaches(of project: ProjectID) async throws(SandboxError) {}

    package func status() async -> ProviderStatus { state.withLock { $0.status } }

    package func create(_ spec: SandboxSpec) async throws(SandboxError) {
        let id = spec.sessionID
        try change(.create) { state throws(SandboxError) in
            guard state.entries[id] == nil else { throw .alreadyExists(id) }
            state.entries[id] = Entry(spec: spec, status: .created)
        }
        changes.send(SandboxChange(sessionID: id, status: .created))
    }

    package func start(_ id: SessionID) async throws(SandboxError) {
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
        try change(.stop) { state throws(SandboxError) in
            guard let entry = state.entries[id] else { throw .notFound(id) }
            guard entry.status == .running else { throw .notRunning(id) }
            state.entries[id]?.status = .stopped
            state.agents[id]?.isReachable = false
        }
        changes.send(SandboxChange(sessionID: id, status: .stopped))
    }

    package func remove(_ id: SessionID, data: SandboxData) async throws(SandboxError) {
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
    }

    package func restore(_ id: SessionID) async throws(SandboxError) {
        try change(.restore) { state throws(SandboxError) in
            guard state.entries[id] != nil else { throw .notFound(id) }
            state.entries[id]?.isKept = false
        }
    }

    package func deleteKept(_ id: SessionID) async throws(SandboxError) {
        state.withLock { state in
            guard state.entries[id]?.isKept == true else { return }
            state.entries[id] = nil
            state.agents[id] = nil
        }
    }

    package func sandbox(_ id: SessionID) async -> Sandbox? {
        state.withLock { state in state.entries[id].map { Self.sandbox($0, state.notes) } }
    }

    package func list() async -> [Sandbox] {
        state.withLock { state in
            state.entries.values.filter { !$0.isKept }.map { Self.sandbox($0, state.notes) }
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
        guard state.withLock({ $0.entries[id] != nil }) else { throw .notFound(id) }
        return agent(of: id)
    }

    private func change(
        _ operation: Operation,
        _ body: (inout sending State) throws(SandboxError) -> Void
    ) throws(SandboxError) {
        try state.withLock { state throws(SandboxError) in
            if let failure = state.failures[operation] { throw failure }
            try body(&state)
        }
    }

    private static func sandbox(_ entry: Entry, _ notes: [String]) -> Sandbox {
        Sandbox(
            sessionID: entry.spec.sessionID,
            workspaceID: entry.spec.workspaceID,
            projectID: entry.spec.projectID,
            status: entry.status,
            error: entry.error,
            isolationNotes: notes
        )
    }
}
