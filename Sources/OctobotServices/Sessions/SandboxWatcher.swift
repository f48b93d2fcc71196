import Logging
import OctobotModel
import OctobotSandbox
import OctobotStore
import ServiceLifecycle

/// Follows what happens to sandboxes behind the daemon's back (behaviour.md §6.9).
package struct SandboxWatcher: Service {
    let ledger: Ledger
    let providers: SandboxProviders
    let logger: Logger

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for provider in providers.all { group.addTask { await self.follow(provider) } }
            }
        }
    }

    private func follow(_ provider: any SandboxProvider) async {
        await withDiscardingTaskGroup { group in
            for await change in provider.watch() where Self.isEnd(change.status) {
                group.addTask { await self.apply(change, of: provider) }
            }
        }
    }

    private static func isEnd(_ status: SandboxStatus) -> Bool { status == .stopped || status == .failed }

    /// A sandbox that ended makes a `ready` session `stopped`; while a turn runs its runner sees to it.
    private func apply(_ change: SandboxChange, of provider: any SandboxProvider) async {
        let id = change.sessionID
        var (status, message) = (change.status, change.error)
        do {
            // An initialisation deals with its sandbox itself; what is so once it is over counts.
            while let job = try await ledger.read({ try $0.activeJob(type: .sessionInit, resourceID: id.rawValue) }) {
                _ = try await JobService(ledger: ledger).ended(job.id, in: nil)
                guard let sandbox = await provider.sandbox(id), Self.isEnd(sandbox.status) else { return }
                (status, message) = (sandbox.status, sandbox.error)
            }
            let target: SessionStatus = status == .failed ? .error : .stopped
            try await ledger.write { [message] transaction, wakes in
                wakes.ring(.turns(id))
                guard try transaction.activeJob(type: .sessionInit, resourceID: id.rawValue) == nil,
                    try transaction.activeTurns(in: id).isEmpty
                else { return }
                if try transaction.transition(session: id, from: [.ready, .running], to: target, error: message) {
                    try transaction.publish(session: id, &wakes)
                }
            }
        } catch is CancellationError {
            // The daemon stops; the next one looks at every session.
        } catch {
            logger.error("Sandbox change not recorded", metadata: ["session.id": "\(id)", "error": "\(error)"])
        }
    }
}
