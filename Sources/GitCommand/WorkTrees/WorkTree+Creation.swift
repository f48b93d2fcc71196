import Foundation
import Logging

extension WorkTree {
    /// Makes the path a repository with a commit where it is not one yet, and inspects it (behaviour.md §5.1).
    ///
    /// A missing folder is made if its parent exists, an empty one is initialised, a repository without commits gets
    /// an empty one. Anything else must be a repository already. On failure only what this call made is removed.
    package func ensure() async throws(GitError) -> Inspection {
        guard path.hasPrefix("/") else { throw .pathRefused("'\(path)' is not an absolute path") }
        return try await git.locks.withLock(path) { () async throws(GitError) -> Inspection in
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                return try await createFolder()
            }
            guard isDirectory.boolValue else { throw .pathRefused("'\(path)' is not a folder") }
            if let entries = try? FileManager.default.contentsOfDirectory(atPath: path), entries.isEmpty {
                if let inspection = try await enclosing() { return inspection }
                return try await initialize()
            }
            let inspection = try await inspect()
            return inspection.head == nil ? try await commitEmpty() : inspection
        }
    }

    /// An empty folder inside a work tree belongs to that one.
    private func enclosing() async throws(GitError) -> Inspection? {
        do {
            return try await inspect()
        } catch .notARepository {
            return nil
        }
    }

    private func createFolder() async throws(GitError) -> Inspection {
        let parent = (path as NSString).deletingLastPathComponent
        guard FileManager.default.fileExists(atPath: parent) else {
            throw .pathRefused("'\(path)' does not exist, nor does the folder it would be made in")
        }
        guard mkdir(path, 0o755) == 0 else {
            throw .fileSystem("cannot create \(path): \(String(cString: strerror(errno)))")
        }
        var status = stat()
        if geteuid() == 0, stat(parent, &status) == 0, status.st_uid != 0 {
            chown(path, status.st_uid, status.st_gid)
        }
        do {
            return try await initialize()
        } catch {
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                git.logger.warning("cannot remove a folder made for a workspace", metadata: ["path": "\(path)"])
            }
            throw error
        }
    }

    private func initialize() async throws(GitError) -> Inspection {
        try await git.succeed(
            GitInvocation(
                arguments: ["init", "--quiet", "--template=", "--initial-branch=main"],
                directory: path,
                environment: try await git.userEnvironment(for: path)
            )
        )
        return try await commitEmpty()
    }

    /// The first commit, without touching what is staged or lies in the folder.
    private func commitEmpty() async throws(GitError) -> Inspection {
        let environment = try await git.userEnvironment(for: path).adding(try await identity().variables)
        let tree = try await git.succeed(
            GitInvocation(
                arguments: ["hash-object", "-t", "tree", "-w", "--stdin"],
                directory: path,
                environment: environment
            )
        )
        let commit = try await git.succeed(
            GitInvocation(
                arguments: ["commit-tree", "-m", "Initial commit", tree.line],
                directory: path,
                environment: environment
            )
        )
        try await git.succeed(
            GitInvocation(
                arguments: ["update-ref", "-m", "commit (initial): Initial commit", "HEAD", commit.line, ""],
                directory: path,
                environment: environment
            )
        )
        return try await inspect()
    }
}
