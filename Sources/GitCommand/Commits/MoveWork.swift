import Foundation

/// A move with all that is needed to look at it and to bring it to an end; exists while the work tree's lock is held.
struct MoveWork: Sendable {
    let move: BranchMove
    let tree: WorkTree
    let environment: GitEnvironment
    let folders: RepositoryFolders
    let scratch: Scratch
    let lock: MoveLock
    /// The folder of ``MoveHook``, for the user git works as.
    let hooks: String

    var process: MoveProcess { MoveProcess(git: tree.git, move: move, environment: environment) }

    func run(
        _ merge: MoveProcess.Merge,
        started: (Int32) -> Void = { _ in }
    ) async throws(GitError) -> Int32 {
        try await process.run(merge, locked: lock.descriptor, hooks: hooks, started: started)
    }

    // MARK: Beginning

    /// Whether the move can begin; `false` when it is done already.
    ///
    /// - Throws: ``GitError/target(_:_:)`` with what stands against it.
    func mayBegin() async throws(GitError) -> Bool {
        let tip = try await tip()
        if tip == move.new { return false }
        try await requireOldTip(tip)
        try await tree.requireQuiet(folders, move.branch)
        try await tree.requireNothingStaged(since: move.old, environment: environment)
        // read-tree trusts the index's times, which a mere `touch` makes wrong.
        _ = try await git(["update-index", "-q", "--refresh"])
        let touched = try await touched()
        guard touched.isOld else {
            throw .target(
                .dirty,
                "Files the commits touch are changed or in the way in \(tree.path): \(touched.names { $0 != .old })."
            )
        }
        return true
    }

    private func requireOldTip(_ tip: String?) async throws(GitError) {
        guard let branch = try await tree.branch(environment: environment) else {
            throw .target(.detached, "HEAD of \(tree.path) is on no branch; check one out first.")
        }
        guard branch == move.branch, tip == move.old else {
            throw .target(.moved, "\(branch) in \(tree.path) has moved meanwhile.")
        }
    }

    /// After git ended without having moved the branch: tells why, or brings to an end what was begun.
    func settle(after status: Int32) async throws(GitError) {
        let complaint = lock.complaint
        if try await tip() == move.new { return }
        if status > 128 { try await locks.clear() }
        guard try await touched().isOld, try await isIndex(at: move.old) else { return try await finish() }
        guard try await mayBegin() else { return }
        throw .commandFailed(command: "update-ref", status: status, message: complaint)
    }

    // MARK: Ending

    /// Brings the repository wholly to the new commit, or to the old one where that proves impossible.
    func finish() async throws(GitError) {
        try await locks.clear()
        var complaint = ""
        for _ in 0..<2 {
            guard try await isUnfinished() else { return }
            try await process.probe(hooks: hooks)
            guard try await run(.forced) != 0 else { return }
            complaint = lock.complaint
            try await locks.clear()
        }
        guard try await isUnfinished() else { return }
        try await rollBack()
        throw .commandFailed(command: "update-ref", status: 1, message: complaint)
    }

    /// Whether something is left to do, and may be done.
    private func isUnfinished() async throws(GitError) -> Bool {
        let tip = try await tip()
        if let tip, try await contains(tip) { return false }
        let touched = try await touched()
        guard tip == move.old, try await tree.branch(environment: environment) == move.branch else {
            let isUntouched = touched.states.allSatisfy { $0.state == .old || $0.state == .foreign }
            throw .target(
                isUntouched ? .moved : .changed,
                "\(move.branch) in \(tree.path) was moved while commits were brought back."
            )
        }
        if try await isIndex(at: move.old) {
            let foreign = touched.names { $0 == .foreign }
            guard foreign.isEmpty else {
                throw .target(
                    .changed,
                    "Files in \(tree.path) were changed while commits were brought back: \(foreign)."
                )
            }
            return true
        }
        // The index comes last: with it at the new commit the files have been there, and what differs is the user's.
        guard try await isIndex(at: move.new) else {
            throw .target(.changed, "Changes were staged in \(tree.path) while commits were brought back.")
        }
        return true
    }

    /// Takes the files back to the old commit; the index is still there.
    private func rollBack() async throws(GitError) {
        guard try await isIndex(at: move.old) else { return }
        // An index that believes the files to be new makes git write all of them anew, and no others.
        let variables = ["GIT_INDEX_FILE": scratch.path + "/rollback"]
        for arguments in [
            ["read-tree", move.new], ["read-tree", "--reset", "-u", "--no-recurse-submodules", move.new, move.old],
        ] {
            let output = try await git(arguments, variables)
            guard output.isSuccess else {
                throw .commandFailed(command: "read-tree", status: output.status, message: output.complaint)
            }
        }
    }

    // MARK: Looking

    var locks: StaleLocks { StaleLocks(workTree: tree.path, folders: folders, branch: move.branch) }

    private func tip() async throws(GitError) -> String? {
        let output = try await git(["rev-parse", "--verify", "--quiet", "--end-of-options", move.branch + "^{commit}"])
        return output.isSuccess ? output.line : nil
    }

    /// Whether a commit is the new one or was made on top of it.
    private func contains(_ tip: String) async throws(GitError) -> Bool {
        if tip == move.new { return true }
        return try await git(["merge-base", "--is-ancestor", move.new, tip]).isSuccess
    }

    func touched() async throws(GitError) -> TouchedPaths {
        try await tree.touched(by: try await changes(), environment: environment)
    }

    /// Whether the index has the touched paths as a commit has them; other paths do not matter.
    private func isIndex(at commit: String) async throws(GitError) -> Bool {
        let paths = Set(try await changes().map(\.path))
        return try await tree.staged(since: commit, environment: environment).allSatisfy { !paths.contains($0.path) }
    }

    private func changes() async throws(GitError) -> [TreeChange] {
        try await tree.git.changes(from: move.old, to: move.new, in: tree.path, environment: environment)
    }

    private func git(
        _ arguments: [String],
        _ variables: [String: String] = [:]
    ) async throws(GitError) -> GitOutput {
        try await tree.git.run(
            GitInvocation(
                arguments: arguments,
                directory: tree.path,
                environment: environment.adding(variables),
                deadline: .seconds(120)
            )
        )
    }
}
