import JSONText
import OctobotModel
import OctobotSandbox
import OctobotStore

/// Removes a session's sandbox, and its data unless that holds unmerged work (decision 19).
struct SessionDelete: JobExecutor {
    let ledger: Ledger
    let providers: SandboxProviders
    let repositories: Repositories
    let sandboxes: SessionSandboxes

    /// How long unmerged work is kept.
    static let keeping = Duration.seconds(14 * 24 * 3600)

    var type: JobType { .sessionDelete }
    var limit: Duration { .seconds(5 * 60) }

    func execute(_ job: Job) async throws {
        let id = SessionID(job.resourceID)
        guard let session = try await ledger.read({ try $0.session(id, in: nil) }) else { return }
        let provider = try providers.named(session.provider)
        let keeps = try await keepsData(of: session, provider)
        do {
            try await provider.remove(id, data: keeps ? .keep : .delete)
        } catch {
            guard case .notFound = error else { throw error.jobFailure }
        }
        if !keeps { await repositories.unpin(session: id, workspace: session.workspaceID, in: session.projectID) }
        try await ledger.write { transaction, wakes in
            if keeps {
                try transaction.keepSession(id, until: Timestamp.now.advanced(by: Self.keeping))
            } else {
                try transaction.deleteSession(id)
            }
            try transaction.publish(id, session.projectID, .removed, nil, &wakes)
            wakes.ring(.chat(id))
        }
    }

    func gaveUp(_ job: Job, _ failure: JobFailure) async {
        // The session stays `removing`; the next start of the daemon, or repeating the call, queues the job again.
    }

    /// Whether the session holds work that is nowhere else, or may.
    private func keepsData(of session: Session, _ provider: any SandboxProvider) async throws -> Bool {
        guard await provider.sandbox(session.id) != nil else { return false }
        guard try await ledger.read({ try $0.hasTurns(session: session.id) }) else { return false }
        guard await sandboxes.isRunning(session) else { return true }
        do {
            let agent = try await sandboxes.agent(of: session)
            let diff = try JSONValue(parsing: try await agent.diff(path: nil, format: "files"))
            return diff["files"]?.arrayValue?.isEmpty != true
        } catch {
            // Not known whether it is merged: kept.
            return true
        }
    }
}
