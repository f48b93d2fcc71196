/// Which two states of a repository are compared.
package enum DiffRange: Sendable, Equatable {
    /// The work tree with the index.
    case unstaged
    /// The index with HEAD.
    case staged
    /// The work tree with a commit.
    case workTree(since: String)
    /// Two commits.
    case commits(from: String, to: String)
}

extension WorkTree {
    /// Compares two states, renames found, in git's order.
    ///
    /// - Parameter paths: Only these files and what lies in these folders; everything when empty.
    /// - Throws: ``GitError/unknownCommit(_:)``.
    package func diff(
        _ range: DiffRange,
        paths: [GitPath] = [],
        limits: DiffLimits = DiffLimits()
    ) async throws(GitError) -> [FileDiff] {
        let environment = try await git.userEnvironment(for: path).adding(["GIT_LITERAL_PATHSPECS": "1"])
        let root = try await root(environment: environment)
        var operands: [String] = []
        switch range {
        case .unstaged: break
        case .staged: operands = ["--cached"]
        case .workTree(let base): operands = [try await git.commit(base, in: root, environment: environment)]
        case .commits(let base, let head):
            operands = [
                try await git.commit(base, in: root, environment: environment),
                try await git.commit(head, in: root, environment: environment),
            ]
        }
        var names: [String] = []
        for path in paths {
            // A name that is no text cannot be handed to a process as one.
            guard path.isText, !path.bytes.isEmpty, !path.bytes.contains(0) else {
                throw .pathRefused("'\(path.text)' cannot be asked for by name.")
            }
            names.append(path.text)
        }
        func invocation(_ kind: [String], limit: Int, cutsOutput: Bool) -> GitInvocation {
            GitInvocation(
                arguments: ["diff"] + kind + Self.diffOptions + operands + ["--"] + names,
                directory: root,
                environment: environment,
                limit: limit,
                cutsOutput: cutsOutput,
                deadline: .seconds(60)
            )
        }
        let list = try await git.succeed(
            invocation(["-z", "--raw", "--numstat"], limit: 32 << 20, cutsOutput: false)
        )
        var files = FileDiff.parse(list.fields)
        guard !files.isEmpty else { return [] }
        let patches = try await git.succeed(invocation(["--patch"], limit: limits.total * 4, cutsOutput: true))
        files.attach(patches, limits: limits)
        return files
    }

    /// Everything a repository's configuration could say otherwise is said here; no program of its choice runs.
    private static let diffOptions = [
        "--no-ext-diff", "--no-textconv", "--no-color", "--no-color-moved", "--no-relative", "--find-renames",
        "--unified=3", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules=dirty",
        "--submodule=short", "--no-abbrev", "-O/dev/null",
    ]
}
