import Logging
import OctobotModel
import OctobotSandbox
import OctobotStore
import ServiceLifecycle
import Synchronization

/// Keeps the states of sessions true to what their sandboxes do, at the start and ever after (behaviour.md §6.8, §6.9).
///
/// What a provider tells is only the reason to look: the state is concluded from what the provider says when it is
/// asked, so that changes that were missed, or that come late or twice, do no harm.
package struct SandboxWatcher: Service {
    let ledger: Ledger
    let providers: SandboxProviders
    let sandboxes: SessionSandboxes
    let jobs: JobService
    /// Sandboxes of any other installation are left alone.
    let installation: String
    let logger: Logger

    private static let shortestPause = Duration.milliseconds(100)
    private static let longestPause = Duration.seconds(2)

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for provider in providers.all { group.addTask { await self.follow(provider) } }
            }
        }
    }

    /// Follows one provider for good, through its absences.
    private func follow(_ provider: any SandboxProvider) async {
        var pause = Self.shortestPause
        let work = ledger.bells.listen(to: .jobs)
        while !Task.isCancelled {
            let changes = provider.watch()
            let begin = ContinuousClock.now
            do {
                try await apply(changes, of: provider)
                if begin.duration(to: .now) > .seconds(10) { pause = Self.shortestPause }
            } catch is CancellationError {
                return
            } catch {
                logger.debug(
                    "Sandboxes out of sight",
                    metadata: ["sandbox.provider": "\(provider.name)", "error": "\(error)"]
                )
            }
            do {
                // A provider nobody uses is not asked again until something is to be done.
                if try await isNeeded(provider) {
                    try await Task.sleep(for: pause)  // ok: back-off after a provider that was lost
                    pause = min(pause * 2, Self.longestPause)
                } else {
                    try await work.wait()
                }
            } catch is CancellationError {
                return
            } catch {
                do { try await Task.sleep(for: Self.longestPause) } catch { return }  // ok: after a failed store
            }
        }
    }

    private func isNeeded(_ provider: any SandboxProvider) async throws -> Bool {
        let name = provider.name
        return try await ledger.read { try $0.hasSessions(provider: name) }
    }

    /// Looks at every sandbox of a provider and every session of it that should have one.
    private func takeStock(of provider: any SandboxProvider) async throws {
        let list = try await provider.list()
        let (name, installation) = (provider.name, installation)
        let running = list.filter { $0.status == .running }.map(\.sessionID)
        let (suspects, strangers) = try await ledger.write { transaction, wakes in
            let up = SessionStatus.starting.union([.ready, .running])
            var suspects: [SessionID] = running
            for session in try transaction.sessions(withStatus: up.union([.removing])) where session.provider == name {
                if session.status != .removing {
                    suspects.append(session.id)
                } else if try transaction.activeJob(type: .sessionDelete, resourceID: session.id.rawValue) == nil {
                    // Its removal gave up when the provider was away.
                    _ = try transaction.deleteSessionLater(session.id, in: session.projectID, &wakes)
                }
            }
            let strangers = try list.filter {
                try $0.installation == installation && !transaction.isSessionIDTaken($0.sessionID)
            }
            return (Set(suspects), strangers.map(\.sessionID))
        }
        for id in suspects { try await look(at: id, of: provider) }
        for id in strangers { await setAside(id, of: provider) }
    }

    // MARK: Changes

    /// Looks at everything, and at what is told of until nothing is told any more; what fails ends both.
    private func apply(_ changes: AsyncStream<SandboxChange>, of provider: any SandboxProvider) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await self.takeStock(of: provider) }
            group.addTask { try await self.hear(changes, of: provider) }
        }
    }

    private func hear(_ changes: AsyncStream<SandboxChange>, of provider: any SandboxProvider) async throws {
        let waiting = Waiting()
        var isFirst = true
        try await withThrowingDiscardingTaskGroup { group in
            for await change in changes {
                if isFirst {
                    // From now on everything is told; what happened between the first look and this is seen by another.
                    isFirst = false
                    try await self.takeStock(of: provider)
                }
                guard change.status != .created, waiting.insert(change.sessionID) else { continue }
                group.addTask { await self.apply(change.sessionID, of: provider, waiting) }
            }
        }
    }

    /// The sessions whose next look is still to come: more news of them adds nothing.
    private final class Waiting: Sendable {
        private let sessions = Mutex<Set<SessionID>>([])
        func insert(_ id: SessionID) -> Bool { sessions.withLock { $0.insert(id).inserted } }
        func remove(_ id: SessionID) { _ = sessions.withLock { $0.remove(id) } }
    }

    private func apply(_ id: SessionID, of provider: any SandboxProvider, _ waiting: Waiting) async {
        do {
            // An initialisation deals with its sandbox itself; what is so once it is over counts.
            while let job = try await ledger.read({ try $0.activeJob(type: .sessionInit, resourceID: id.rawValue) }) {
                _ = try await jobs.ended(job.id, in: nil)
            }
            waiting.remove(id)
            try await look(at: id, of: provider)
        } catch is CancellationError {
            // The daemon stops; the next one looks at every session.
        } catch {
            waiting.remove(id)
            logger.error("Sandbox change not recorded", metadata: ["session.id": "\(id)", "error": "\(error)"])
        }
    }

    /// Brings a session's state in line with its sandbox.
    ///
    /// While a turn runs its runner sees to it, and is told; while a job deals with the sandbox, the job does.
    private func look(at id: SessionID, of provider: any SandboxProvider) async throws {
        try await sandboxes.locks.withLock(id) { () async throws in
            let sandbox: Sandbox?
            do throws(SandboxError) {
                sandbox = try await provider.sandbox(id)
            } catch {
                // Out of sight now: the state stays as it is until it is known.
                return
            }
            let name = provider.name
            try await ledger.write { transaction, wakes in
                wakes.ring(.turns(id))
                guard let session = try transaction.session(id, in: nil), session.provider == name,
                    try transaction.activeJob(type: .sessionInit, resourceID: id.rawValue) == nil,
                    try transaction.activeJob(type: .sessionDelete, resourceID: id.rawValue) == nil,
                    try transaction.activeTurns(in: id).isEmpty
                else { return }
                let up = SessionStatus.starting.union([.ready, .running])
                let hasChanged =
                    switch sandbox?.status {
                    case .running:
                        try transaction.transition(
                            session: id,
                            from: up.union([.stopped]).subtracting([.ready]),
                            to: .ready,
                            error: nil,
                            cause: StateCause(.sandbox, "Its sandbox runs.")
                        )
                    case .failed:
                        try transaction.transition(
                            session: id,
                            from: up,
                            to: .error,
                            error: sandbox?.error,
                            cause: StateCause(.sandbox, sandbox?.error ?? "Its sandbox failed.")
                        )
                    case .created, .stopped:
                        try transaction.transition(
                            session: id,
                            from: up,
                            to: .stopped,
                            error: sandbox?.error,
                            cause: StateCause(.sandbox, sandbox?.error ?? "Its sandbox stopped.")
                        )
                    case .removed, nil:
                        try transaction.transition(
                            session: id,
                            from: up,
                            to: .stopped,
                            error: SandboxEnd.removed,
                            cause: StateCause(.sandbox, SandboxEnd.removed)
                        )
                    }
                guard hasChanged else { return }
                try transaction.publish(session: id, &wakes)
                wakes.ring(.sandboxes)
            }
        }
    }

    // MARK: Sandboxes without a session

    /// Removes a sandbox that is ours and whose session is not known any more; its data is kept for a while.
    private func setAside(_ id: SessionID, of provider: any SandboxProvider) async {
        let name = provider.name
        do {
            // First the note, by which the data is found again when its time is over.
            try await ledger.write { transaction, _ in
                let until = Timestamp.now.advanced(by: SessionDelete.keeping)
                try transaction.noteOrphan(id, provider: name, until: until)
            }
            try await provider.remove(id, data: .keep)
            logger.notice(
                "Removed a sandbox whose session is gone; its data is kept for 14 days",
                metadata: ["session.id": "\(id)", "sandbox.provider": "\(name)"]
            )
        } catch {
            logger.warning(
                "A sandbox whose session is gone was not removed",
                metadata: ["session.id": "\(id)", "sandbox.provider": "\(name)", "error": "\(error)"]
            )
        }
    }
}
