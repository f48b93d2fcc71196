import CLinux
import Foundation
import GitCommand
import Logging

/// The work tree as git would commit it, untracked files included, in an index of its own.
///
/// The clone's index is only read. It is copied with its time, which git needs to tell files that changed in the same
/// moment as the index was written.
struct WorkSnapshot: Sendable {
    static let prefix = "snapshot-"

    /// Variables for git commands on the snapshot.
    let environment: [String: String]
}

extension WorkspaceRepository {
    /// Takes a snapshot for the time of `body`.
    ///
    /// - Parameter isKept: whether its objects go to the clone; else they vanish with the snapshot.
    func withSnapshot<Result>(
        isKept: Bool,
        _ body: (WorkSnapshot) async throws -> Result
    ) async throws -> Result {
        let folder = stateFolder + "/git/" + WorkSnapshot.prefix + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder + "/objects", withIntermediateDirectories: true)
        defer {
            do {
                try FileManager.default.removeItem(atPath: folder)
            } catch {
                logger.debug("a snapshot was not removed", metadata: ["error": "\(error)"])
            }
        }
        try copyIndex(to: folder + "/index")
        var environment = ["GIT_INDEX_FILE": folder + "/index"]
        if !isKept {
            environment["GIT_OBJECT_DIRECTORY"] = folder + "/objects"
            environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = Self.quoted(gitFolder + "/objects")
        }
        let added = try await run(
            ["add", "--all", "--ignore-errors"],
            environment: environment,
            deadline: .seconds(300)
        )
        // 1: some file cannot be read, or is a repository without a commit; the others are in.
        guard added.status <= 1 else {
            throw GitError.commandFailed(command: "add", status: added.status, message: added.complaint)
        }
        if added.status == 1 {
            logger.warning("a file was left out", metadata: ["git.error": "\(added.complaint)"])
        }
        return try await body(WorkSnapshot(environment: environment))
    }

    private func copyIndex(to target: String) throws {
        let source = gitFolder + "/index"
        var info = stat()
        guard stat(source, &info) == 0 else { return }
        try FileManager.default.copyItem(atPath: source, toPath: target)
        let times = [info.st_atim, info.st_mtim]
        guard utimensat(AT_FDCWD, target, times, 0) == 0 else {
            throw GitError.fileSystem("cannot set the time of \(target): \(errnoText())")
        }
    }

    /// A path for `GIT_ALTERNATE_OBJECT_DIRECTORIES`, where a colon would separate two (git(1)).
    private static func quoted(_ path: String) -> String {
        guard path.contains(where: { ":\"\\".contains($0) }) else { return path }
        return "\"" + path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
