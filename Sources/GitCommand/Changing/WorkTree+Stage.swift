extension WorkTree {
    /// Puts files as they are now into the index, deletions too; everything when `paths` is empty.
    ///
    /// - Throws: ``GitError/pathRefused(_:)`` for a name no file of the repository or of its work tree has.
    package func stage(_ paths: [GitPath]) async throws(GitError) {
        let environment = try await git.userEnvironment(for: path).adding(["GIT_LITERAL_PATHSPECS": "1"])
        let root = try await root(environment: environment)
        for path in paths where path.bytes.isEmpty || path.bytes.contains(0) || path.bytes.first == 0x2F {
            throw .pathRefused("'\(path.text)' is no path beneath the repository.")
        }
        let names = paths.isEmpty ? Array(".".utf8) : Array(paths.map(\.bytes).joined(separator: [0]))
        try await git.locks.withLock(root) { () async throws(GitError) -> Void in
            let output = try await git.run(
                GitInvocation(
                    arguments: ["add", "--all", "--pathspec-from-file=-", "--pathspec-file-nul"],
                    directory: root,
                    environment: environment,
                    input: names,
                    deadline: .seconds(120)
                )
            )
            guard output.isSuccess else {
                // 128 is also a lock that is held; only what names a pathspec is the caller's mistake.
                let known = try await tracked(paths, in: root, environment: environment)
                if !known { throw .pathRefused(output.complaint) }
                throw .commandFailed(command: "add", status: output.status, message: output.complaint)
            }
        }
    }

    /// Whether every path names something in the index or the work tree.
    private func tracked(
        _ paths: [GitPath],
        in root: String,
        environment: GitEnvironment
    ) async throws(GitError) -> Bool {
        for path in paths {
            guard path.isText else { return false }
            let output = try await git.run(
                GitInvocation(
                    arguments: [
                        "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--error-unmatch", "--",
                        path.text,
                    ],
                    directory: root,
                    environment: environment,
                    cutsOutput: true
                )
            )
            guard output.isSuccess else { return false }
        }
        return true
    }

    /// Commits what is staged; hooks and signing do not run.
    ///
    /// - Parameter author: The user's own identity when `nil`.
    /// - Throws: ``GitError/nothingStaged``; ``GitError/target(_:_:)`` while a conflict is unresolved.
    package func commit(_ message: String, author: GitIdentity?) async throws(GitError) -> CommitRecord {
        let identity = try await identity()
        var environment = try await git.userEnvironment(for: path).adding(identity.variables)
        if let author {
            environment = environment.adding(["GIT_AUTHOR_NAME": author.name, "GIT_AUTHOR_EMAIL": author.email])
        }
        let tree = WorkTree(git, path: try await root(environment: environment))
        return try await git.locks.withLock(tree.path) { () async throws(GitError) -> CommitRecord in
            let status = try await tree.status(environment: environment)
            guard !status.hasConflicts else {
                throw .target(.busy, "Conflicts in \(tree.path) are not resolved; resolve and stage them first.")
            }
            // Concluding a merge may change nothing.
            let merging = try await tree.folders(environment: environment).operation != nil
            guard !status.staged.isEmpty || merging else { throw .nothingStaged }
            try await git.succeed(
                GitInvocation(
                    arguments: [
                        "commit", "--quiet", "--no-verify", "--no-gpg-sign", "--no-post-rewrite",
                        "--cleanup=whitespace", "--file=-",
                    ],
                    directory: tree.path,
                    environment: environment,
                    input: Array(message.utf8),
                    deadline: .seconds(120)
                )
            )
            guard let commit = try await tree.log(of: "HEAD", limit: 1, environment: environment).first else {
                throw .unknownCommit("HEAD")
            }
            return commit
        }
    }
}
