import GitCommand
import OctobotModel
import OctobotSandbox

/// Where a session's commits are going, at one moment.
struct CommitTarget: Sendable {
    var tip: BranchTip
    var head: String { tip.commit }
}

/// What is about to be done to a target; stored before it is begun, so that a restart can finish it (decision 17).
struct CommitIntent: Sendable, Codable {
    var move: BranchMove
    /// The target's HEAD afterwards.
    var new: String { move.new }
}

/// A step of a commit: its result, or how the commit has ended instead.
enum Prepared<Value: Sendable>: Sendable {
    case ready(Value)
    case refused(CommitResult)
}

extension Repositories {
    /// The branch the workspace has checked out, its commits in the mirror, if commits can be brought back to it now.
    func target(of workspace: Workspace) async throws(Fault) -> Prepared<CommitTarget> {
        try await attempt("looking at the repository") { () async throws(GitError) in
            let tip = try await tree(of: workspace).target()
            try await mirror(of: workspace).refresh(from: tip.workTree)
            return CommitTarget(tip: tip)
        }
    }

    /// Makes the commits in the mirror and hands their objects to the target; nothing changes in the target yet.
    func apply(
        _ commits: AgentCommits,
        onto target: CommitTarget,
        session: SessionID,
        of workspace: Workspace
    ) async throws(Fault) -> Prepared<CommitIntent> {
        try await attempt("applying the commits") { () async throws(GitError) in
            let series = try PatchSeries(mailbox: commits.patches, count: commits.commitCount)
            let mirror = mirror(of: workspace)
            let committer = try await git.identity(for: target.tip.workTree)
            let new = try await mirror.apply(series, onto: target.head, committer: committer)
            try await mirror.pin(new, as: .result, session: session.rawValue)
            let pack = try await mirror.pack(from: target.head, to: new)
            try await WorkTree(git, path: target.tip.workTree).receive(pack)
            return CommitIntent(move: BranchMove(from: target.tip, to: new))
        }
    }

    /// Moves the target's branch, index and files.
    func perform(_ intent: CommitIntent, of workspace: Workspace) async throws(Fault) -> CommitResult {
        let done = try await attempt("bringing the commits back") { () async throws(GitError) in
            try await git.perform(intent.move)
        }
        switch done {
        case .ready: return CommitResult(.committed, applied: intent.new)
        case .refused(let result): return result
        }
    }

    /// Finishes what an earlier run of the daemon had begun, or only recorded.
    ///
    /// - Returns: `targetMoved` when nothing of it has been done.
    func recover(_ intent: CommitIntent, of workspace: Workspace) async throws(Fault) -> CommitResult {
        let done = try await attempt("finishing an interrupted commit") { () async throws(GitError) in
            try await git.recover(intent.move)
        }
        switch done {
        case .ready: return CommitResult(.committed, applied: intent.new)
        case .refused(let result) where result.outcome == .targetBusy:
            // Not known yet how it ends: the intent stays and the job comes back.
            throw Fault(.unavailable, result.message ?? "The repository is busy.", reason: "target.busy")
        case .refused(let result): return result
        }
    }

    /// Pins the commits that were brought back as the session's new base.
    func moveBase(of session: SessionID, to commit: String, in workspace: Workspace) async throws(Fault) {
        do throws(GitError) {
            let mirror = mirror(of: workspace)
            try await mirror.pin(commit, as: .base, session: session.rawValue)
            try await mirror.unpin(.result, session: session.rawValue)
        } catch {
            throw error.fault(doing: "pinning the commits")
        }
    }

    /// Runs a step: what the target or the patches do not admit is an outcome, everything else a fault.
    private func attempt<Value: Sendable>(
        _ what: String,
        _ body: () async throws(GitError) -> Value
    ) async throws(Fault) -> Prepared<Value> {
        do throws(GitError) {
            return .ready(try await body())
        } catch {
            guard let result = error.commitResult else { throw error.fault(doing: what) }
            return .refused(result)
        }
    }
}

extension GitError {
    /// The outcome of a commit that ends this way (decision 18).
    fileprivate var commitResult: CommitResult? {
        switch self {
        case .target(let obstacle, let message):
            switch obstacle {
            case .dirty: CommitResult(.targetDirty, message)
            case .moved: CommitResult(.targetMoved, message)
            case .busy: CommitResult(.targetBusy, message)
            case .detached: CommitResult(.targetDetached, message)
            case .changed: CommitResult(.targetChanged, message)
            }
        case .patchRefused(let message): CommitResult(.patchRefused, message)
        case .notARepository, .bareRepository: CommitResult(.targetChanged, "It is \(self).")
        default: nil
        }
    }
}
