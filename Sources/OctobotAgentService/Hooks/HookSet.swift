import CLinux
import Foundation
import Logging
import SandboxAgentAPI

/// The hooks of the workspace: when they run and how they did (agent-api.md §11).
///
/// Runs happen one after the other. Without isolation there are none: they would run on the host.
actor HookSet {
    /// There is no file hook of this name, or none at all.
    enum Refusal: Error, Equatable {
        case disabled
        case notFound
    }

    private static let sessionLimit = Duration.seconds(5 * 60)
    private static let fileLimit = Duration.seconds(15 * 60)

    private let folder: String
    private let isEnabled: Bool
    private let repository: WorkspaceRepository
    private let records: HookRecords
    private let runner: HookRunner
    private let preCommit: PreCommitHook
    private let logger: Logger
    /// The last of the work that waits or is done.
    private var last: Task<Void, Never>?
    private var isShutDown = false

    /// - Parameters:
    ///   - session: names the folder of what is kept.
    ///   - isEnabled: `false` where hooks would run outside a sandbox.
    init(
        _ repository: WorkspaceRepository,
        commands: CommandSet,
        session: String?,
        isEnabled: Bool,
        logger: Logger
    ) {
        let isName = session?.wholeMatch(of: /[0-9A-Za-z][0-9A-Za-z-]{0,64}/) != nil
        let session = isName ? session ?? "" : "session"
        let records = HookRecords(folder: "\(repository.stateFolder)/\(session)/hooks")
        self.repository = repository
        self.records = records
        self.isEnabled = isEnabled
        self.logger = logger
        folder = repository.directory + "/.octobot/hooks"
        runner = HookRunner(
            commands: commands,
            records: records,
            workspace: repository.directory,
            session: session
        )
        preCommit = PreCommitHook(
            gitFolder: repository.gitFolder,
            workspace: repository.directory,
            session: session,
            records: records
        )
    }

    // MARK: Looking

    /// How they did.
    var status: HooksStatus {
        guard isEnabled else { return HooksStatus() }
        var status = records.current
        for hook in HookFile.all(in: folder) where hook.kind == .preCommit {
            guard let run = preCommit.status(of: hook) else { continue }
            status.hooks[hook.id] = HookStatus(
                hookID: hook.id,
                hookName: hook.name,
                type: .preCommit,
                lastRunAt: run.at,
                lastResult: run.code == 0 ? .success : .failure,
                lastExitCode: run.code,
                outputPath: records.outputPath(of: hook.id),
                runCount: run.runs,
                failCount: run.failures,
                consecutiveFailures: run.consecutive
            )
        }
        return status
    }

    /// What one wrote when it last ran.
    func output(of id: String) throws(Refusal) -> String {
        guard isEnabled else { throw .disabled }
        return records.output(of: id)
    }

    // MARK: Running

    /// Installs the pre-commit hooks and runs the session hooks; the blocking ones first, for whose end this waits.
    ///
    /// - Parameter patience: how long it waits at most; then they go on in the background, for a start that takes longer
    ///   counts as failed.
    func begin(patience: Duration = .seconds(300)) async {
        guard isEnabled else { return }
        let hooks = HookFile.all(in: folder)
        preCommit.install(hooks.filter { $0.kind == .preCommit })
        let session = hooks.filter { $0.kind == .session }
        guard !session.isEmpty else { return }
        let (awaited, over) = AsyncStream<Void>.makeStream()
        enqueue { [runner] in
            for hook in session where hook.isBlocking {
                _ = await runner.run(hook, limit: Self.sessionLimit)
            }
            over.finish()
            for hook in session where !hook.isBlocking {
                _ = await runner.run(hook, limit: Self.sessionLimit)
            }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in awaited {} }
            // Cut short by the cancellation below.
            group.addTask { try? await Task.sleep(for: patience) }  // ok: the patience itself
            await group.next()
            group.cancelAll()
        }
    }

    /// Looks at the file hooks once what goes on is done; to be told after every turn.
    func turnEnded() {
        guard isEnabled else { return }
        enqueue { [self] in await evaluate() }
    }

    /// Runs a file hook on every changed file that matches it; gives its exit status.
    func rerun(_ id: String) async throws(Refusal) -> Int {
        guard isEnabled else { throw .disabled }
        guard let hook = HookFile.all(in: folder).first(where: { $0.id == id && $0.kind == .file })
        else {
            throw .notFound
        }
        let task = Task<Int, Never> { [last, runner, repository, records] in
            await last?.value
            // Where git fails there are no changed files to name.
            let files = ((try? await repository.changedFiles()) ?? []).filter {
                hook.pattern?.matches($0) == true
            }
            let code = await runner.run(hook, limit: Self.fileLimit, files: files)
            if code == 0 {
                await runBlocking { records.change { $0.pendingHooks.removeAll { $0 == id } } }
            }
            return code
        }
        last = Task { _ = await task.value }
        return await task.value
    }

    /// Starts no more, and waits for those that ``CommandSet/shutDown()`` ends.
    func shutDown() async {
        isShutDown = true
        await last?.value
    }

    private func enqueue(_ work: @escaping @Sendable () async -> Void) {
        guard !isShutDown else { return }
        last = Task { [last] in
            await last?.value
            await work()
        }
    }

    /// Runs the file hooks whose files have changed, in order, to the first that fails (agent-api.md §11.5).
    private func evaluate() async {
        let hooks = HookFile.all(in: folder)
        preCommit.install(hooks.filter { $0.kind == .preCommit })
        let fileHooks = hooks.filter { $0.kind == .file }
        let marker = URL(filePath: records.folder + "/.last-eval")
        let before =
            (try? FileManager.default.attributesOfItem(atPath: marker.path))?[.modificationDate] as? Date
        let dirty: [String]
        do {
            dirty = try await repository.changedFiles()
        } catch {
            logger.warning("hooks not looked at", metadata: ["error": "\(error)"])
            return
        }
        let fresh = repository.changed(dirty, after: before)
        StateFile.replace(marker.path, with: [])
        let pending = records.change { status in
            status.lastEvaluatedAt = AgentTime.text()
            status.pendingHooks = fileHooks.filter { hook in
                status.pendingHooks.contains(hook.id)
                    || fresh.contains { hook.pattern?.matches($0) == true }
            }.map(\.id)
            return status.pendingHooks
        }
        guard !fresh.isEmpty else { return }
        for hook in fileHooks where pending.contains(hook.id) && !isShutDown {
            let files = dirty.filter { hook.pattern?.matches($0) == true }
            if !files.isEmpty, await runner.run(hook, limit: Self.fileLimit, files: files) != 0 { return }
            records.change { $0.pendingHooks.removeAll { $0 == hook.id } }
        }
    }
}
