import Foundation
import JSONText
import Logging
import OctobotModel
import OctobotSandbox
import OctobotStore

/// Brings a session's commits back into the workspace's repository (behaviour.md §8; decisions 16–18).
struct SessionCommit: JobExecutor {
    let ledger: Ledger
    let repositories: Repositories
    let sandboxes: SessionSandboxes
    let logger: Logger

    var type: JobType { .sessionCommit }
    var limit: Duration { .seconds(30 * 60) }

    func execute(_ job: Job) async throws {
        let payload = try await ledger.read { try $0.jobPayload(job.id) }
        guard let id = payload?["sessionId"]?.stringValue.map({ SessionID($0) }),
            let workspace = try await ledger.read({ try $0.workspace(WorkspaceID(job.resourceID), in: nil) })
        else { throw JobFailure("The session is gone.", isPermanent: true) }
        var result: CommitResult?
        // What was begun in this repository is finished before anything new, whatever became of its session.
        for owner in try await ledger.read({ try $0.commitIntents(in: workspace.id) }) {
            let recovered = try await recovered(owner.sessionID, workspace)
            if owner.sessionID == id { result = recovered }
        }
        if result == nil {
            guard let session = try await ledger.read({ try $0.session(id, in: job.projectID) }),
                session.status != .removing
            else { throw JobFailure("The session is gone.", isPermanent: true) }
            // Neither: an earlier attempt did it all and only its end was not recorded.
            guard session.commitStatus == .pending || session.commitStatus == .committing else { return }
            let done = try await committed(job, session, workspace, message: payload?["message"]?.stringValue)
            try await record(done, of: id, in: workspace.id)
            result = done
        }
        guard let result else { return }
        guard result.outcome == .committed || result.outcome == .nothingToCommit else {
            throw JobFailure(
                result.message ?? result.outcome.rawValue,
                reason: result.outcome.rawValue,
                isPermanent: true
            )
        }
    }

    func gaveUp(_ job: Job, _ failure: JobFailure) async throws {
        try await ledger.write { transaction, wakes in
            guard let id = try transaction.jobPayload(job.id)?["sessionId"]?.stringValue.map({ SessionID($0) }) else {
                return
            }
            let state = CommitState(status: .failed, error: failure.message)
            if try transaction.setCommitState(id, from: [.pending, .committing], to: state) {
                try transaction.publish(session: id, &wakes)
            }
            // An intent stays: what it began has to be finished, by the next commit or the next start.
            try transaction.cancelCommitTurn(of: job.id, in: id, &wakes)
        }
    }

    /// Commits, anew when the target moves meanwhile.
    private func committed(
        _ job: Job,
        _ session: Session,
        _ workspace: Workspace,
        message: String?
    ) async throws -> CommitResult {
        var tries = 0
        while true {
            tries += 1
            let result = try await commit(job, session, workspace, message: message)
            guard result.outcome == .targetMoved, tries < 3 else { return result }
            // Nothing of it has been done.
            try await ledger.write { transaction, _ in try transaction.clearCommitIntent(session: session.id) }
        }
    }

    private func commit(
        _ job: Job,
        _ session: Session,
        _ workspace: Workspace,
        message: String?
    ) async throws -> CommitResult {
        let target: CommitTarget
        switch try await repositories.target(of: workspace) {
        case .refused(let result): return result
        case .ready(let ready): target = ready
        }
        try await move(session, CommitState(status: .committing, base: target.head))
        let agent = try await sandboxes.running(session)
        try await CommitTurn(job: job.id, session: session, ledger: ledger, logger: logger)
            .run(onto: target.head, by: agent)
        let patches: AgentCommits
        do {
            let head = try await Self.commitInside(agent, onto: target.head, message: message ?? session.name)
            guard head.commitCount > 0 else { return CommitResult(.nothingToCommit, "There is nothing to commit.") }
            patches = try await agent.commits(parent: target.head)
        } catch {
            guard let error = error as? SandboxAgentError else { throw error }
            return try Self.result(of: error)
        }
        switch try await repositories.apply(patches, onto: target, session: session.id, of: workspace) {
        case .refused(let result): return result
        case .ready(let intent):
            try await ledger.write { transaction, _ in
                try transaction.saveCommitIntent(session: session.id, json: try JSONCoding.encode(intent))
            }
            let result = try await repositories.perform(intent, of: workspace)
            if result.outcome == .committed { try await moveBase(of: session.id, to: intent.new, workspace) }
            return result
        }
    }

    /// Makes the agent service commit; a turn that has just ended may keep it busy for another moment.
    private static func commitInside(
        _ agent: any SandboxAgent,
        onto commit: String,
        message: String
    ) async throws -> AgentCommit {
        var pause = Duration.milliseconds(20)
        while true {
            do {
                return try await agent.commit(onto: commit, message: message)
            } catch {
                guard case .conflict = error, pause < .seconds(2) else { throw error }
                try await Task.sleep(for: pause)  // ok: back-off: the agent does not tell when it is idle
                pause *= 2
            }
        }
    }

    /// Finishes what a killed daemon, or an attempt that gave up, had begun for a session, which may only be kept now.
    ///
    /// - Returns: How it ended; `nil` when nothing had happened and it is to begin anew.
    private func recovered(_ id: SessionID, _ workspace: Workspace) async throws -> CommitResult? {
        guard let json = try await ledger.read({ try $0.commitIntent(session: id) }) else { return nil }
        let intent = try JSONCoding.decode(CommitIntent.self, from: json)
        let result = try await repositories.recover(intent, of: workspace)
        if result.outcome == .targetMoved {
            let session = try await ledger.read { try $0.session(id, in: nil) }
            let isWanted = session?.commitStatus == .pending || session?.commitStatus == .committing
            if isWanted, session?.status != .removing {
                try await ledger.write { transaction, _ in try transaction.clearCommitIntent(session: id) }
                return nil
            }
        }
        if result.outcome == .committed { try await moveBase(of: id, to: intent.new, workspace) }
        try await record(result, of: id, in: workspace.id)
        return result
    }

    /// Makes what was brought back the session's base.
    ///
    /// The commits are in the repository: a failure of this is no failure of the commit.
    private func moveBase(of id: SessionID, to commit: String, _ workspace: Workspace) async throws {
        do {
            try await repositories.moveBase(of: id, to: commit, in: workspace)
            // A session that is only kept has no sandbox to tell.
            guard let session = try await ledger.read({ try $0.session(id, in: nil) }) else { return }
            try await sandboxes.running(session).moveBase(commit)
        } catch {
            // Interrupted, it is done when the intent is found again.
            try Task.checkCancellation()
            // The sandbox only shows the commits as its own work for now.
            logger.warning("Base not moved", metadata: ["session.id": "\(id)", "error": "\(error)"])
        }
    }

    private static func result(of error: SandboxAgentError) throws -> CommitResult {
        guard case .refused(_, let code, let message) = error else { throw error.fault(doing: "committing") }
        switch code {
        case "conflict": return CommitResult(.conflict, message)
        case "no_commits": return CommitResult(.nothingToCommit, "There is nothing to commit.")
        default: throw JobFailure(message, reason: code)
        }
    }

    private func move(_ session: Session, _ state: CommitState) async throws {
        try await ledger.write { transaction, wakes in
            if try transaction.setCommitState(session.id, from: [.pending, .committing], to: state) {
                try transaction.publish(session: session.id, &wakes)
            }
        }
    }

    /// Records how a commit ended and forgets what it was about to do, in one.
    private func record(_ result: CommitResult, of id: SessionID, in workspace: WorkspaceID) async throws {
        let isDone = result.outcome == .committed || result.outcome == .nothingToCommit
        let failed = result.outcome != .committed
        try await ledger.write { transaction, wakes in
            let state = CommitState(
                status: failed ? .failed : .completed,
                outcome: result.outcome,
                error: failed ? result.message ?? result.outcome.rawValue : nil,
                applied: result.applied
            )
            // `failed` is what a job that gave up has left beside an intent.
            let hasIntent = try transaction.commitIntent(session: id) != nil
            let from: Set<CommitStatus> = hasIntent ? [.pending, .committing, .failed] : [.pending, .committing]
            if try transaction.setCommitState(id, from: from, to: state) {
                try transaction.publish(session: id, &wakes)
            }
            try transaction.clearCommitIntent(session: id)
            if let applied = result.applied { try transaction.moveWorkspace(workspace, to: applied, &wakes) }
            if isDone { try transaction.touchActivity(id, at: .now) }
        }
    }
}
