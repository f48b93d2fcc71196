/// Rules for what may stand where git expects a revision (behaviour.md §9.6).
enum Revision {
    /// Whether the text is a full object name, SHA-1 or SHA-256.
    static func isObjectName(_ text: String) -> Bool {
        text.wholeMatch(of: /[0-9a-f]{40}|[0-9a-f]{64}/) != nil
    }

    /// The revision, or an error when it could be taken for an option or a range.
    static func checked(_ text: String) throws(GitError) -> String {
        guard text.utf8.count <= 256, text.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9._\/@{}^~\-]*/) != nil,
            !text.contains("..")
        else { throw .unknownCommit(text) }
        return text
    }
}

extension Git {
    /// The full name of the commit a revision stands for.
    func commit(
        _ revision: String,
        in directory: String,
        environment: GitEnvironment
    ) async throws(GitError) -> String {
        let output = try await run(
            GitInvocation(
                arguments: [
                    "rev-parse", "--verify", "--quiet", "--end-of-options",
                    try Revision.checked(revision) + "^{commit}",
                ],
                directory: directory,
                environment: environment,
                deadline: .seconds(15)
            )
        )
        guard output.isSuccess, Revision.isObjectName(output.line) else { throw .unknownCommit(revision) }
        return output.line
    }
}
