/// A branch of a repository, or of one of its remotes.
package struct Branch: Sendable, Equatable {
    /// `main`, or `origin/main` for a remote's.
    package var name: String
    package var isRemote: Bool
    package var isCurrent: Bool
    /// The full object name.
    package var commit: String
    /// The branch this one follows (`origin/main`).
    package var upstream: String?
}

extension WorkTree {
    /// The branches of the repository, then those of its remotes, by name; the remotes' HEADs are no branches.
    package func branches() async throws(GitError) -> [Branch] {
        let environment = try await git.userEnvironment(for: path)
        return try await WorkTree(git, path: try await root(environment: environment))
            .branches(environment: environment)
    }

    /// The same of the top of a work tree.
    func branches(environment: GitEnvironment) async throws(GitError) -> [Branch] {
        let format = ["refname", "objectname", "upstream:short", "HEAD", "symref"].map { "%(\($0))" }
        let output = try await git.succeed(
            GitInvocation(
                arguments: [
                    "for-each-ref", "--format=" + format.joined(separator: "%00"), "refs/heads", "refs/remotes",
                ],
                directory: path,
                environment: environment,
                deadline: .seconds(15)
            )
        )
        return output.bytes.split(separator: 0x0A).compactMap { line in
            let fields = line.split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard fields.count == 5 else { return nil }
            let isRemote = fields[0].hasPrefix("refs/remotes/")
            guard !isRemote || fields[4].isEmpty else { return nil }
            return Branch(
                name: String(fields[0].dropFirst(isRemote ? "refs/remotes/".count : "refs/heads/".count)),
                isRemote: isRemote,
                isCurrent: fields[3] == "*",
                commit: fields[1],
                upstream: fields[2].isEmpty ? nil : fields[2]
            )
        }
    }
}
