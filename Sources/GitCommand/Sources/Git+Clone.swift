import Foundation

extension Git {
    /// Clones a URL to `path`, with the user's own configuration, credential helpers and SSH agent (decision 67).
    ///
    /// A clone that is there already is left alone; a half one never is there.
    package func clone(_ url: String, to path: String) async throws(GitError) {
        switch GitSource.classify(url) {
        case .url: break
        case .path: throw .sourceRefused("'\(url)' is not a URL.")
        case .refused(let reason): throw .sourceRefused(reason)
        }
        try await locks.withLock(path) { () async throws(GitError) -> Void in
            guard !FileManager.default.fileExists(atPath: path + "/.git") else { return }
            let partial = try PartialFolder(for: path)
            defer { partial.discard() }
            try await succeed(
                GitInvocation(
                    arguments: [
                        "clone", "--quiet", "--template=", "--no-recurse-submodules", "--origin=origin", "--", url,
                        partial.path,
                    ],
                    environment: .network(inherited: inherited),
                    deadline: .seconds(600)
                )
            )
            try partial.publish()
        }
    }

    /// Moves a clone of another URL out of the way, to `<path>.before-<n>`; it may hold commits that are nowhere else.
    package func setCloneAside(at path: String, unlessOf url: String) async throws(GitError) {
        try await locks.withLock(path) { () async throws(GitError) -> Void in
            guard FileManager.default.fileExists(atPath: path + "/.git") else { return }
            let origin = try await run(
                GitInvocation(
                    arguments: ["config", "--local", "--get", "remote.origin.url"],
                    directory: path,
                    environment: isolated,
                    deadline: .seconds(15)
                )
            )
            guard origin.line != url else { return }
            var number = 1
            while FileManager.default.fileExists(atPath: "\(path)\(Self.asideMark)\(number)") { number += 1 }
            guard rename(path, "\(path)\(Self.asideMark)\(number)") == 0 else {
                throw .fileSystem("cannot move \(path) aside: \(String(cString: strerror(errno)))")
            }
        }
    }

    private static let asideMark = ".before-"

    /// Removes a clone of ours and those that were set aside for it.
    ///
    /// - Parameter folder: The folder all clones lie in; anything outside it is refused, symbolic links resolved.
    package func removeClone(_ path: String, within folder: String) async throws(GitError) {
        try await locks.withLock(path) { () async throws(GitError) -> Void in
            try removeFolder(path, within: folder)
            var number = 1
            while FileManager.default.fileExists(atPath: "\(path)\(Self.asideMark)\(number)") {
                try removeFolder("\(path)\(Self.asideMark)\(number)", within: folder)
                number += 1
            }
        }
    }

    private func removeFolder(_ path: String, within folder: String) throws(GitError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard let resolved = realPath(path), let root = realPath(folder), resolved.hasPrefix(root + "/") else {
            throw .pathRefused("'\(path)' is not one of Octobot's clones")
        }
        do {
            try FileManager.default.removeItem(atPath: resolved)
        } catch {
            throw .fileSystem("cannot remove \(path): \(error.localizedDescription)")
        }
    }
}

/// The path with symbolic links resolved; `nil` when it does not exist.
private func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}
