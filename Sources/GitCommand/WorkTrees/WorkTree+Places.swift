import Foundation

/// Where a work tree and its repository lie; symbolic links are resolved.
package struct WorkTreePlaces: Sendable, Equatable {
    /// The top of the work tree.
    package var root: String
    /// Where HEAD, index, objects and branches are; one folder, or two for a linked work tree.
    package var repositories: [String]
}

extension WorkTree {
    /// Finds the top and the repository of the work tree the path lies in, for those who touch its files themselves.
    package func places() async throws(GitError) -> WorkTreePlaces {
        let environment = try await git.userEnvironment(for: path)
        let tree = WorkTree(git, path: try await root(environment: environment))
        let folders = try await tree.folders(environment: environment)
        let repositories = Set([folders.own, folders.common].map(Self.resolved)).sorted()
        return WorkTreePlaces(root: Self.resolved(tree.path), repositories: repositories)
    }

    /// The content of a file of a commit; of a link, where it leads.
    ///
    /// - Throws: ``GitError/unknownCommit(_:)``, ``GitError/noSuchFile(_:)``, and ``GitError/outputTooLarge(command:)``
    ///   beyond `limit` bytes.
    package func content(of file: String, at revision: String, limit: Int) async throws(GitError) -> [UInt8] {
        let environment = try await git.userEnvironment(for: path)
        let root = try await root(environment: environment)
        return try await git.content(of: file, at: revision, limit: limit, in: root, environment: environment)
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}

extension Git {
    /// Runs `body` while nothing else is changed in the work tree with this top.
    package func withLock<Value, Failure: Error>(
        ofWorkTree root: String,
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await locks.withLock(root, body)
    }
}
