import Foundation

/// A folder of the user's that holds a repository, or is about to.
package struct WorkTree: Sendable {
    let git: Git
    package let path: String

    /// - Parameter path: absolute; need not exist.
    package init(_ git: Git, path: String) {
        self.git = git
        self.path = path
    }

    /// What is known of a work tree at one moment.
    package struct Inspection: Sendable, Equatable {
        /// The top of the work tree, symbolic links resolved.
        package var root: String
        /// The commit checked out; `nil` before the first one.
        package var head: String?
        /// The branch checked out (`main`), `nil` when HEAD is detached.
        package var branch: String?
        /// Whether anything differs from HEAD, untracked files included.
        package var isDirty: Bool
    }

    /// Looks at the work tree the path lies in; nothing is written.
    ///
    /// Throws ``GitError/notARepository(_:)`` and ``GitError/bareRepository(_:)``.
    package func inspect() async throws(GitError) -> Inspection {
        let environment = try await git.userEnvironment(for: path)
        let root = try await root(environment: environment)
        let status = try await WorkTree(git, path: root).status(environment: environment, findsRenames: false)
        return Inspection(root: root, head: status.head, branch: status.branch, isDirty: !status.isClean)
    }

    /// The identity for commits made here.
    package func identity() async throws(GitError) -> GitIdentity {
        try await git.identity(for: path)
    }

    /// The top of the work tree the path lies in.
    func root(environment: GitEnvironment) async throws(GitError) -> String {
        guard FileManager.default.fileExists(atPath: path) else { throw .notARepository(path) }
        let output = try await git.run(
            GitInvocation(
                arguments: ["rev-parse", "--is-inside-work-tree", "--show-toplevel"],
                directory: path,
                environment: environment,
                deadline: .seconds(15)
            )
        )
        let lines = output.line.split(separator: "\n", maxSplits: 1)
        if output.isSuccess, lines.count == 2, lines[0] == "true" { return String(lines[1]) }
        guard lines.first == "false" else { throw .notARepository(path) }
        throw .bareRepository(path)
    }
}
