import Foundation

/// The bare copy of a workspace's repository that its sandboxes read (decision 13).
///
/// Only we write it. Nothing in it is ever pruned: sandboxes borrow its objects.
package struct Mirror: Sendable {
    let git: Git
    package let path: String

    /// - Parameter path: absolute; need not exist before ``refresh(from:)``.
    package init(_ git: Git, path: String) {
        self.git = git
        self.path = path
    }

    /// Brings branches, tags and HEAD of the repository at `source` here, making the mirror first when it is missing.
    ///
    /// Its objects are copied through `upload-pack`, never linked.
    package func refresh(from source: String) async throws(GitError) {
        try await git.locks.withLock(path) { () async throws(GitError) -> Void in
            guard !FileManager.default.fileExists(atPath: path) else {
                removeStaleLocks()
                return try await fetch(source, into: path)
            }
            let partial = try PartialFolder(for: path)
            defer { partial.discard() }
            try await create(at: partial.path, like: source)
            try await fetch(source, into: partial.path)
            try partial.publish()
        }
    }

    private static let fetchDeadline = Duration.seconds(600)

    /// Removes what a git that was killed here left behind; it would stop every later fetch.
    private func removeStaleLocks() {
        guard let names = FileManager.default.enumerator(atPath: path) else { return }
        var locks: [String] = []
        while let name = names.nextObject() as? String {
            if name.wholeMatch(of: /objects\/(?:[0-9a-f]{2}|pack)/) != nil { names.skipDescendants() }
            if name.hasSuffix(".lock") { locks.append(path + "/" + name) }
        }
        let limit = Double(Self.fetchDeadline.components.seconds)
        locks.removeAll { StaleLocks.age(of: $0) <= limit }
        guard !locks.isEmpty, !StaleLocks.isGitAtWork(in: [path]) else { return }
        for lock in locks { unlink(lock) }
    }

    private func create(at path: String, like source: String) async throws(GitError) {
        let format = try await git.succeed(
            GitInvocation(
                arguments: ["rev-parse", "--show-object-format"],
                directory: source,
                environment: git.isolated,
                deadline: .seconds(15)
            )
        )
        try await git.succeed(
            GitInvocation(
                arguments: ["init", "--quiet", "--bare", "--template=", "--object-format=\(format.line)", "--", path],
                environment: git.isolated
            )
        )
    }

    private func fetch(_ source: String, into path: String) async throws(GitError) {
        try await git.succeed(
            GitInvocation(
                arguments: [
                    "fetch", "--quiet", "--force", "--prune", "--no-tags", "--no-write-fetch-head", "--update-shallow",
                    "--no-recurse-submodules", "--no-auto-maintenance", "--end-of-options", source,
                    "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", "+HEAD:refs/octobot/head",
                ],
                directory: path,
                environment: git.isolated,
                deadline: Self.fetchDeadline
            )
        )
        let head = try await git.run(
            GitInvocation(
                arguments: ["symbolic-ref", "--quiet", "HEAD"],
                directory: source,
                environment: git.isolated,
                deadline: .seconds(15)
            )
        )
        guard head.isSuccess, head.line.hasPrefix("refs/heads/") else { return }
        try await git.succeed(
            GitInvocation(arguments: ["symbolic-ref", "HEAD", head.line], directory: path, environment: git.isolated)
        )
    }

    /// Deletes the mirror.
    package func remove() async throws(GitError) {
        try await git.locks.withLock(path) { () async throws(GitError) -> Void in
            guard FileManager.default.fileExists(atPath: path) else { return }
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                throw .fileSystem("cannot remove \(path): \(error.localizedDescription)")
            }
        }
    }
}

extension Mirror {
    /// HEAD of the source when the mirror was last refreshed.
    package func head() async throws(GitError) -> String {
        try await git.commit("refs/octobot/head", in: path, environment: git.isolated)
    }
}
