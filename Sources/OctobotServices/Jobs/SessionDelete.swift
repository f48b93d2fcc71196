import JSONText
import OctobotModel
import OctobotSandbox
import OctobotStore
import UIMessageStream

/// Removes a session's sandbox, and its data unless that holds unmerged work (decision 19).
struct SessionDelete: JobExecutor {
    let ledger: Ledger
    let providers: SandboxProviders
    let repositories: Repositories
    let sandboxes: SessionSandboxes
    let jobs: JobService

    /// How long unmerged work is kept.
    static let keeping = Duration.seconds(14 * 24 * 3600)

    var type: JobType { .sessionDelete }
    /// That of a commit, which is waited for, and some more.
    var limit: Duration { .seconds(36 * 60) }

    /// How long cancelled turns may take to end; nothing of the sandbox is left three seconds after the session's deletion.
    ///
    /// Of a turn that is still writing then it is not known what it leaves, so the session's data is kept.
    private static let patience = Duration.milliseconds(1200)

    func execute(_ job: Job) async throws {
        let id = SessionID(job.resourceID)
        guard let session = try await ledger.read({ try $0.session(id, in: nil) }) else { return }
        let provider = try providers.named(session.provider)
        if let commit = try await ledger.read({ try $0.activeCommit(of: session) }) {
            _ = try await jobs.ended(commit.id, in: nil)
        }
        let isQuiet = try await turnsEnded(in: id)
        // An intent that is left is finished at the next start, for which the row is needed.
        let isBegun = try await ledger.read { try $0.commitIntent(session: id) } != nil
        let keeps = if isQuiet, !isBegun { try await keepsData(of: session, provider) } else { true }
        do {
            try await provider.remove(id, data: keeps ? .keep : .delete)
        } catch {
            guard case .notFound = error else { throw error.jobFailure }
        }
        if !keeps { await repositories.unpin(session: id, workspace: session.workspaceID, in: session.projectID) }
        try await ledger.write { transaction, wakes in
            if keeps {
                for turn in try transaction.activeTurns(in: id) {
                    let closing = StreamCloser.cancelled(after: try transaction.turnChunks(turn.id))
                    try transaction.endTurn(
                        turn,
                        .cancelled,
                        reason: "removed",
                        cause: StateCause(.request, "The session was deleted."),
                        closing: closing,
                        in: session.projectID,
                        &wakes
                    )
                }
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

    /// Waits for the session's turns, which are cancelled but may still write.
    ///
    /// - Returns: Whether they ended in time.
    private func turnsEnded(in id: SessionID) async throws -> Bool {
        do {
            try await withDeadline(Self.patience) {
                let bell = ledger.bells.listen(to: .turns(id))
                while try await !ledger.read({ try $0.activeTurns(in: id).isEmpty }) { try await bell.wait() }
            }
            return true
        } catch is DeadlinePassed {
            return false
        }
    }

    /// Whether the session holds work that is nowhere else, or may.
    private func keepsData(of session: Session, _ provider: any SandboxProvider) async throws -> Bool {
        do throws(SandboxError) {
            guard try await provider.sandbox(session.id) != nil else { return false }
        } catch {
            throw error.jobFailure
        }
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
