import Logging
import OctobotModel
import OctobotSandbox
import OctobotStore
import ServiceLifecycle

/// Forgets what is too old (decision 55), once an hour.
package struct Retention: Service {
    let ledger: Ledger
    let providers: SandboxProviders
    let repositories: Repositories
    let logger: Logger

    private static let interval = Duration.seconds(3600)

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await sweep()
                    try await Task.sleep(for: Self.interval)  // ok: due once an hour
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("Retention failed", metadata: ["error": "\(error)"])
                    do { try await Task.sleep(for: Self.interval) } catch { return }  // ok: due once an hour
                }
            }
        }
    }

    func sweep() async throws {
        while try await ledger.write({ transaction, _ in try transaction.prune(now: .now) }) {}
        try await sweepOrphans()
        for kept in try await ledger.read({ try $0.expiredKept(now: .now) }) {
            do {
                try await forget(kept.sessionID)
            } catch {
                // One that cannot be forgotten now is tried again in an hour; the others do not wait for it.
                try Task.checkCancellation()
                logger.warning(
                    "Kept session not deleted",
                    metadata: ["session.id": "\(kept.sessionID)", "error": "\(error)"]
                )
            }
        }
    }

    /// Deletes the data of sandboxes whose session was not known.
    private func sweepOrphans() async throws {
        for orphan in try await ledger.read({ try $0.expiredOrphans(now: .now) }) {
            do {
                // Data that a session of that id has taken up since is in use, and left alone.
                try await providers.named(orphan.provider).deleteKept(orphan.id)
                try await ledger.write { transaction, _ in try transaction.forgetOrphan(orphan.id) }
            } catch {
                try Task.checkCancellation()
                logger.warning("Data not deleted", metadata: ["session.id": "\(orphan.id)", "error": "\(error)"])
            }
        }
    }

    /// ``forget(_:)`` for a caller who asked for it.
    func forgetNow(_ id: SessionID) async throws(Fault) {
        do {
            try await forget(id)
        } catch let error as SandboxError {
            throw error.fault
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.cancelled, "The call was cancelled.")
        }
    }

    /// Deletes a kept session's data and row, and its hidden workspace with the last of them.
    private func forget(_ id: SessionID) async throws {
        guard let name = try await ledger.read({ try $0.keptProvider(id) }) else { return }
        try await providers.named(name).deleteKept(id)
        let removed = try await ledger.write { transaction, _ -> (workspace: Workspace, isGone: Bool)? in
            // It may have been restored since.
            guard let workspace = try transaction.keptWorkspace(id) else { return nil }
            try transaction.deleteSession(id)
            return (workspace, try transaction.removeHiddenWorkspace(workspace.id))
        }
        guard let (workspace, isGone) = removed else { return }
        if isGone {
            await repositories.removeMirror(of: workspace.id, in: workspace.projectID)
        } else {
            await repositories.unpin(session: id, workspace: workspace.id, in: workspace.projectID)
        }
    }
}
