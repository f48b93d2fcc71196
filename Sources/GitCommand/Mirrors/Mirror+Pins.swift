extension Mirror {
    /// What a pin holds.
    package enum Pin: String, Sendable {
        /// The commit a session starts from.
        case base
        /// The commits of a session on their way to the workspace.
        case result
    }

    /// Keeps a commit for as long as a session needs it, as `refs/octobot/<what>/<session>`.
    ///
    /// - Parameter session: letters, digits and hyphens.
    package func pin(_ commit: String, as what: Pin, session: String) async throws(GitError) {
        let reference = try reference(what, session)
        try await git.locks.withLock(path) { () async throws(GitError) -> Void in
            let commit = try await git.commit(commit, in: path, environment: git.isolated)
            try await git.succeed(
                GitInvocation(
                    arguments: ["update-ref", "--no-deref", reference, commit],
                    directory: path,
                    environment: git.isolated
                )
            )
        }
    }

    /// The commit a pin holds.
    package func pinned(_ what: Pin, session: String) async throws(GitError) -> String? {
        let output = try await git.run(
            GitInvocation(
                arguments: ["rev-parse", "--verify", "--quiet", "--end-of-options", try reference(what, session)],
                directory: path,
                environment: git.isolated,
                deadline: .seconds(15)
            )
        )
        return output.isSuccess ? output.line : nil
    }

    /// Lets go of a pin; one that is not there is fine.
    package func unpin(_ what: Pin, session: String) async throws(GitError) {
        let reference = try reference(what, session)
        try await git.locks.withLock(path) { () async throws(GitError) -> Void in
            try await git.succeed(
                GitInvocation(
                    arguments: ["update-ref", "--no-deref", "-d", reference],
                    directory: path,
                    environment: git.isolated
                )
            )
        }
    }

    private func reference(_ what: Pin, _ session: String) throws(GitError) -> String {
        guard session.wholeMatch(of: /[0-9A-Za-z][0-9A-Za-z\-]{0,127}/) != nil else { throw .unknownCommit(session) }
        return "refs/octobot/\(what.rawValue)/\(session)"
    }
}
