import Foundation

extension WorkTree {
    /// The branch commits would be brought back to, if the repository admits that now (decision 18).
    ///
    /// - Throws: ``GitError/target(_:_:)`` when HEAD is detached, something is staged, a lock is held or a merge, rebase
    ///   or the like is under way; ``GitError/notARepository(_:)``.
    package func target() async throws(GitError) -> BranchTip {
        let environment = try await git.userEnvironment(for: path)
        let tree = WorkTree(git, path: try await root(environment: environment))
        let folders = try await tree.folders(environment: environment)
        guard let branch = try await tree.branch(environment: environment) else {
            throw .target(.detached, "HEAD of \(tree.path) is on no branch; check one out first.")
        }
        try await tree.requireQuiet(folders, branch)
        let head = try await git.commit("HEAD", in: tree.path, environment: environment)
        try await tree.requireNothingStaged(since: head, environment: environment)
        return BranchTip(workTree: tree.path, branch: branch, commit: head)
    }

    /// The full ref HEAD stands for; `nil` when it is detached.
    func branch(environment: GitEnvironment) async throws(GitError) -> String? {
        let output = try await git.run(
            GitInvocation(
                arguments: ["symbolic-ref", "--quiet", "HEAD"],
                directory: path,
                environment: environment,
                deadline: .seconds(15)
            )
        )
        return output.isSuccess && output.line.hasPrefix("refs/heads/") ? output.line : nil
    }

    /// Refuses while a merge, rebase or the like is under way.
    func requireNothingUnderWay(_ folders: RepositoryFolders) throws(GitError) {
        guard let operation = folders.operation else { return }
        throw .target(.busy, "A \(operation) is under way in \(path); finish or abort it first.")
    }

    /// Refuses while something else works on the repository; a lock may be held for up to two seconds.
    func requireQuiet(_ folders: RepositoryFolders, _ branch: String) async throws(GitError) {
        try requireNothingUnderWay(folders)
        let locks = folders.locks(for: branch)
        for _ in 0..<20 {
            guard locks.contains(where: { FileManager.default.fileExists(atPath: $0) }) else { return }
            do {
                try await Task.sleep(for: .milliseconds(100))  // ok: a foreign git's lock; its end is not told
            } catch {
                throw .cancelled
            }
        }
        let held = locks.first { FileManager.default.fileExists(atPath: $0) } ?? locks[0]
        throw .target(.busy, "Another git process works on \(path), or left \(held) behind.")
    }

    func requireNothingStaged(since commit: String, environment: GitEnvironment) async throws(GitError) {
        let staged = try await staged(since: commit, environment: environment)
        guard let first = staged.first else { return }
        throw .target(.dirty, "Changes are staged in \(path) (\(first.name)); commit or unstage them first.")
    }

    /// What the index holds that the commit does not, and the other way round.
    func staged(since commit: String, environment: GitEnvironment) async throws(GitError) -> [TreeChange] {
        let output = try await git.succeed(
            GitInvocation(
                arguments: [
                    "diff-index", "--cached", "-z", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none",
                    "--end-of-options", try Revision.checked(commit), "--",
                ],
                directory: path,
                environment: environment,
                deadline: .seconds(60)
            )
        )
        return TreeChange.parse(output.fields)
    }

    /// Takes in the objects of a pack; no branch and no file changes.
    package func receive(_ pack: [UInt8]) async throws(GitError) {
        try await git.succeed(
            GitInvocation(
                arguments: ["index-pack", "--stdin", "--strict", "--fix-thin"],
                directory: path,
                environment: try await git.userEnvironment(for: path),
                input: pack,
                deadline: .seconds(120)
            )
        )
    }
}
