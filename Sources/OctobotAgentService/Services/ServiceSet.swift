import Foundation
import SandboxAgentAPI
import Synchronization

/// The services of the workspace, and those of them that run (agent-api.md §12).
///
/// Their files are read anew at each request: the agent and people change them at any time.
final class ServiceSet: Sendable {
    private struct State {
        var runs: [String: ServiceRun] = [:]
        var isShutDown = false
    }

    private let folder: String
    private let outputs: String
    private let commands: CommandSet
    private let state = Mutex(State())
    /// Of two starts of one service only one may happen.
    private let starting = Mutex(())

    init(workspace: String, home: String, commands: CommandSet) {
        folder = workspace + "/.octobot/services"
        outputs = home + "/.config/octobot/services/output"
        self.commands = commands
    }

    /// All of them; blocks for reading their files.
    ///
    /// One that runs is listed though its file is gone.
    func list() -> [SandboxService] {
        let states = state.withLock { $0.runs.compactMapValues(\.state) }
        let declared = ServiceFile.all(in: folder)
        var services = declared.map { states[$0.id].map(Self.merged($0)) ?? $0 }
        let ids = Set(declared.map(\.id))
        services += states.values.filter { !ids.contains($0.id) && $0.status != .stopped }
        return services.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// What the file declares now with what runs.
    private static func merged(_ declared: SandboxService) -> (SandboxService) -> SandboxService {
        { running in
            var merged = declared
            merged.passive = nil
            merged.status = running.status
            merged.pid = running.pid
            merged.startedAt = running.startedAt
            merged.exitCode = running.exitCode
            return merged
        }
    }

    /// One of them; blocks.
    func service(_ id: String) throws(ServiceRefusal) -> SandboxService {
        guard ScriptFile.isID(id), let service = list().first(where: { $0.id == id }) else { throw .notFound(id) }
        return service
    }

    /// Starts one; blocks.
    ///
    /// - Throws: ``ServiceRefusal``, ``HandRefusal``.
    func start(_ id: String) throws {
        try starting.withLock { _ in
            let service = try self.service(id)
            if service.passive == true { throw ServiceRefusal.passive(id) }
            let (known, isShutDown) = state.withLock { ($0.runs[id], $0.isShutDown) }
            guard !isShutDown else { throw ServiceRefusal.shuttingDown(id) }
            if let known, !known.isOver { throw ServiceRefusal.alreadyRunning(id, pid: known.pid) }
            let reader = try commands.start(
                RunCommand(
                    arguments: [service.path],
                    timeout: CommandSet.timeouts.upperBound,
                    outputLimit: Int.max
                ),
                as: .service
            )
            let run = ServiceRun(service, reader, log: ServiceLog(path: path(of: id)))
            state.withLock { $0.runs[id] = run }
        }
    }

    /// Whether it was started since this service of ours was.
    func hasRun(_ id: String) -> Bool { state.withLock { $0.runs[id] != nil } }

    /// Ends one and everything it started; answers when that is so.
    func stop(_ id: String) async throws(ServiceRefusal) {
        guard let run = state.withLock({ $0.runs[id] }) else { throw .notFound(id) }
        try await run.stop()
    }

    /// Its output; blocks for reading a file.
    ///
    /// One that never ran has none.
    func output(of id: String) throws(ServiceRefusal) -> ServiceLog {
        if let run = state.withLock({ $0.runs[id] }) { return run.log }
        guard ScriptFile.isID(id) else { return ServiceLog(stored: "/dev/null") }
        if ServiceFile.all(in: folder).first(where: { $0.id == id })?.passive == true { throw .passive(id) }
        return ServiceLog(stored: path(of: id))
    }

    /// Starts no more, and waits for the end of those that ``CommandSet/shutDown()`` ends.
    func shutDown() async {
        let runs = state.withLock { state in
            state.isShutDown = true
            return Array(state.runs.values)
        }
        for run in runs { await run.waitForEnd() }
    }

    private func path(of id: String) -> String { "\(outputs)/\(id).out" }
}
