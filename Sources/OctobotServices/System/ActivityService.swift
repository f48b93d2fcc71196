package import OctobotModel
import OctobotSandbox
import OctobotStore

/// Tells whether anything keeps the daemon busy, for the idle exit (rpc.md §10, decision 64).
package struct ActivityService: Sendable {
    private let ledger: Ledger
    private let providers: SandboxProviders

    package init(ledger: Ledger, providers: SandboxProviders) {
        self.ledger = ledger
        self.providers = providers
    }

    /// Whether no sandbox runs, no job is active and no turn waits.
    package func isIdle() async throws(Fault) -> Bool {
        let isQuiet = try await ledger.read { reader in
            try !reader.hasActiveJobs() && reader.sessionsWithActiveTurns().isEmpty
        }
        guard isQuiet else { return false }
        for provider in providers.all {
            do {
                if try await provider.list().contains(where: { $0.status == .running }) { return false }
            } catch {
                // Out of sight: those that ran when they were seen last may still run.
                let name = provider.name
                let up = try await ledger.read { try $0.sessions(withStatus: [.ready, .running]) }
                if up.contains(where: { $0.provider == name }) { return false }
            }
        }
        return true
    }
}
