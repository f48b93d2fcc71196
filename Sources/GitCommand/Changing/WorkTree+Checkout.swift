extension WorkTree {
    /// Checks a branch, a tag or a commit out, as `git checkout` does; a name only a remote has becomes a branch.
    ///
    /// - Throws: ``GitError/unknownCommit(_:)``; ``GitError/target(_:_:)`` when changes that are not committed, or files
    ///   that are not tracked, would be overwritten; nothing has changed then.
    package func checkout(_ revision: String) async throws(GitError) {
        let environment = try await git.userEnvironment(for: path)
        let tree = WorkTree(git, path: try await root(environment: environment))
        let name = try Revision.checked(revision)
        try await git.locks.withLock(tree.path) { () async throws(GitError) -> Void in
            try await tree.require(name, environment: environment)
            try tree.requireNothingUnderWay(try await tree.folders(environment: environment))
            let output = try await git.run(
                GitInvocation(
                    arguments: [
                        // Files that are ignored are the user's work too.
                        "checkout", "--quiet", "--no-progress", "--no-recurse-submodules", "--no-overwrite-ignore",
                        name,
                        "--",
                    ],
                    directory: tree.path,
                    environment: environment,
                    deadline: .seconds(300)
                )
            )
            guard !output.isSuccess else { return }
            // With a revision that exists, 1 is a refusal to overwrite; what breaks ends with 128.
            guard output.status != 1 else { throw .target(.dirty, output.complaint) }
            throw .commandFailed(command: "checkout", status: output.status, message: output.complaint)
        }
    }

    /// Refuses a name that is no commit here, nor a branch of exactly one remote.
    private func require(_ name: String, environment: GitEnvironment) async throws(GitError) {
        do {
            _ = try await git.commit(name, in: path, environment: environment)
        } catch {
            guard case .unknownCommit = error else { throw error }
            let suffix = "/" + name
            let remote = try await branches(environment: environment).filter {
                $0.isRemote && $0.name.hasSuffix(suffix)
            }
            // With two remotes git would not know which one is meant either.
            guard remote.count == 1, remote[0].name.split(separator: "/", maxSplits: 1).last.map(String.init) == name
            else { throw error }
        }
    }
}
