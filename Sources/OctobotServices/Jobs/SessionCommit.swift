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
            let session = try await ledger.read({ try $0.session(id, in: job.projectID) }),
            let workspace = try await ledger.read({ try $0.workspace(session.workspaceID, in: nil) })
        else { throw JobFailure("The session is gone.", isPermanent: true) }
        var result: CommitResult?
        if let intent = try await ledger.read({ try $0.commitIntent(session: id) }) {
            result = try await recovered(intent, session, workspace)
        }
        var tries = 0
        while result == nil {
            tries += 1
            let attempt = try await commit(job, session, workspace, message: payload?["message"]?.stringValue)
            if attempt.outcome != .targetMoved || tries == 3 { result = attempt }
        }
        guard let result else { return }
        try await record(result, of: session)
        guard result.outcome == .committed || result.outcome == .nothingToCommit else {
            throw JobFailure(
                result.message ?? result.outcome.rawValue,
                reason: result.outcome.rawValue,
                isPermanent: true
            )
        }
    }

    func gaveUp(_ job: Job, _ failure: JobFailure) async {
        // A failure to record this leaves `committing`; the next start of the daemon queues the commit again.
        try? await ledger.write { transaction, wakes in
            guard let id = try transaction.jobPayload(job.id)?["sessionId"]?.stringValue.map({ SessionID($0) }) else {
                return
            }
            let state = CommitState(status: .failed, error: failure.message)
            if try transaction.setCommitState(id, from: [.pending, .committing], to: state) {
                try transaction.publish(session: id, &wakes)
            }
            try transaction.clearCommitIntent(session: id)
            try transaction.cancelCommitTurn(of: job.id, in: id, &wakes)
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
            return try await settled(result, intent, session, workspace)
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
                try await Task.sleep(for: pause)
                pause *= 2
            }
        }
    }

    /// Finishes what a killed daemon had begun.
    private func recovered(_ json: [UInt8], _ session: Session, _ workspace: Workspace) async throws -> CommitResult? {
        let intent = try JSONCoding.decode(CommitIntent.self, from: json)
        let result = try await repositories.recover(intent, of: workspace)
        let settled = try await settled(result, intent, session, workspace)
        // Nothing had happened yet: begin anew.
        return settled.outcome == .targetMoved ? nil : settled
    }

    private func settled(
        _ result: CommitResult,
        _ intent: CommitIntent,
        _ session: Session,
        _ workspace: Workspace
    ) async throws -> CommitResult {
        if result.outcome == .committed {
            try await repositories.moveBase(of: session.id, to: intent.new, in: workspace)
            let agent = try await sandboxes.running(session)
            do {
                try await agent.moveBase(intent.new)
            } catch {
                // The commits are in the repository; the sandbox only shows them as its own work for now.
                logger.warning("Base not moved", metadata: ["session.id": "\(session.id)", "error": "\(error)"])
            }
        }
        try await ledger.write { transaction, _ in try transaction.clearCommitIntent(session: session.id) }
        return result
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

    private func record(_ result: CommitResult, of session: Session) async throws {
        let isDone = result.outcome == .committed || result.outcome == .nothingToCommit
        let failed = result.outcome != .committed
        try await ledger.write { transaction, wakes in
            let state = CommitState(
                status: failed ? .failed : .completed,
                outcome: result.outcome,
                error: failed ? result.message ?? result.outcome.rawValue : nil,
                applied: result.applied
            )
            _ = try transaction.setCommitState(session.id, from: [.pending, .committing], to: state)
            if let applied = result.applied { try transaction.setWorkspaceCommit(session.workspaceID, to: applied) }
            try transaction.publish(session: session.id, &wakes)
            if isDone { try transaction.touchActivity(session.id, at: .now) }
        }
    }
}
