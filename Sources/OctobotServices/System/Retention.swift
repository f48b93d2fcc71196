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
                    try await Task.sleep(for: Self.interval)
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("Retention failed", metadata: ["error": "\(error)"])
                    do { try await Task.sleep(for: Self.interval) } catch { return }
                }
            }
        }
    }

    func sweep() async throws {
        while try await ledger.write({ transaction, _ in try transaction.prune(now: .now) }) {}
        for kept in try await ledger.read({ try $0.expiredKept(now: .now) }) {
            if let name = try await ledger.read({ try $0.keptProvider(kept.sessionID) }) {
                try await providers.named(name).deleteKept(kept.sessionID)
            }
            let workspace = try await ledger.write { transaction, _ -> Workspace? in
                let workspace = try transaction.keptWorkspace(kept.sessionID)
                try transaction.deleteSession(kept.sessionID)
                guard let workspace else { return nil }
                return try transaction.removeHiddenWorkspace(workspace.id) ? workspace : nil
            }
            if let workspace { await repositories.removeMirror(of: workspace.id, in: workspace.projectID) }
        }
    }
}
