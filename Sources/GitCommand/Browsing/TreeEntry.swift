/// A file of a commit.
package struct TreeEntry: Sendable, Equatable {
    package var path: GitPath
    /// Octal, as git writes it: `100644`, `100755`, `120000` for a link, `160000` for a submodule.
    package var mode: String
    package var object: String
    /// Bytes; 0 for a submodule.
    package var size: Int

    /// Reads `git ls-tree -r -l -z`: `mode type object size⇥path`.
    static func parse(_ fields: [[UInt8]]) -> [TreeEntry] {
        fields.compactMap { field in
            guard let tab = field.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
            let words = String(decoding: field[..<tab], as: UTF8.self).split(separator: " ")
            guard words.count == 4 else { return nil }
            return TreeEntry(
                path: GitPath(Array(field[(tab + 1)...])),
                mode: String(words[0]),
                object: String(words[2]),
                size: Int(words[3]) ?? 0
            )
        }
    }
}

extension WorkTree {
    /// Every file of a commit, in git's order, and that commit; `nil` before the first one when no revision is named.
    ///
    /// - Throws: ``GitError/unknownCommit(_:)``.
    package func files(of revision: String?) async throws(GitError) -> (commit: String, entries: [TreeEntry])? {
        let environment = try await git.userEnvironment(for: path)
        let tree = WorkTree(git, path: try await root(environment: environment))
        guard let commit = try await tree.resolved(revision, environment: environment) else { return nil }
        return (commit, try await git.tree(commit, paths: [], in: tree.path, environment: environment))
    }
}

extension Mirror {
    /// The content of a file of a commit.
    ///
    /// - Throws: ``GitError/unknownCommit(_:)``, ``GitError/noSuchFile(_:)``, and ``GitError/outputTooLarge(command:)``
    ///   beyond `limit` bytes.
    package func content(of file: String, at revision: String, limit: Int) async throws(GitError) -> [UInt8] {
        try await git.content(of: file, at: revision, limit: limit, in: path, environment: git.isolated)
    }
}

extension Git {
    fileprivate func tree(
        _ commit: String,
        paths: [String],
        in directory: String,
        environment: GitEnvironment
    ) async throws(GitError) -> [TreeEntry] {
        let output = try await succeed(
            GitInvocation(
                arguments: ["ls-tree", "-r", "-l", "-z", "--full-tree", "--end-of-options", commit] + paths,
                directory: directory,
                environment: environment.adding(["GIT_LITERAL_PATHSPECS": "1"]),
                deadline: .seconds(30)
            )
        )
        return TreeEntry.parse(output.fields)
    }

    func content(
        of file: String,
        at revision: String,
        limit: Int,
        in directory: String,
        environment: GitEnvironment
    ) async throws(GitError) -> [UInt8] {
        let commit = try await commit(revision, in: directory, environment: environment)
        let parts = file.split(separator: "/", omittingEmptySubsequences: false)
        guard !file.contains("\0"), !parts.contains(where: { ["", ".", ".."].contains($0) }) else {
            throw .noSuchFile(file)
        }
        let entries = try await tree(commit, paths: [file], in: directory, environment: environment)
        guard let entry = entries.first(where: { $0.path == GitPath(file) }), entry.mode != "160000" else {
            throw .noSuchFile(file)
        }
        guard entry.size <= limit else { throw .outputTooLarge(command: "cat-file") }
        return try await succeed(
            GitInvocation(
                arguments: ["cat-file", "blob", entry.object],
                directory: directory,
                environment: environment,
                limit: limit,
                deadline: .seconds(30)
            )
        ).bytes
    }
}
