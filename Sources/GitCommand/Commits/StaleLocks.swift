import Foundation

/// The lock files a killed git leaves in a repository.
struct StaleLocks: Sendable {
    let workTree: String
    let folders: RepositoryFolders
    let branch: String

    /// Removes locks that nobody can hold any more.
    ///
    /// Called when no process of ours works on the repository. There was no lock when the move was recorded, so one that
    /// is there is ours or of a git at work: it is taken for ours once it is a little old and no git runs in there.
    /// - Throws: ``GitError/target(_:_:)`` when somebody works on the repository for too long.
    func clear() async throws(GitError) {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            let locks = folders.locks(for: branch).filter { FileManager.default.fileExists(atPath: $0) }
            guard !locks.isEmpty else { return }
            if !Self.isGitAtWork(in: [workTree, folders.own, folders.common]) {
                for lock in locks where Self.age(of: lock) > 0.3 { unlink(lock) }
            }
            guard ContinuousClock.now < deadline else {
                throw .target(.busy, "Another git process works on \(workTree).")
            }
            do {
                try await Task.sleep(for: .milliseconds(50))  // ok: a foreign git's lock; its end is not told
            } catch {
                throw .cancelled
            }
        }
    }

    /// Seconds since the last change.
    static func age(of path: String) -> Double {
        var status = stat()
        var now = timespec()
        guard lstat(path, &status) == 0, clock_gettime(CLOCK_REALTIME, &now) == 0 else { return 0 }
        let seconds = now.tv_sec - status.st_mtim.tv_sec
        return Double(seconds) + Double(now.tv_nsec - status.st_mtim.tv_nsec) / 1e9
    }

    /// Whether a process named git, whose folder we may know, works in one of these folders.
    static func isGitAtWork(in roots: [String]) -> Bool {
        guard let processes = try? FileManager.default.contentsOfDirectory(atPath: "/proc") else { return true }
        return processes.contains { name in
            guard name.allSatisfy(\.isNumber),
                let command = FileManager.default.contents(atPath: "/proc/\(name)/comm"),
                command.starts(with: Array("git".utf8)),
                let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/cwd")
            else { return false }
            return roots.contains { folder == $0 || folder.hasPrefix($0 + "/") }
        }
    }
}
