import Foundation
import GitCommand
import JSONText
import Logging

/// What a move of the work tree will have done, written down before anything is touched.
///
/// Everything in it can be done again: after a kill at any moment the next start finishes it.
struct WorkTreeMove: Codable, Equatable {
    /// What the work tree holds: a tree, untracked files included.
    var from: String
    /// What it will hold.
    var to: String
    /// Where branch and index will be.
    var head: String
    /// Where the session's diff will begin.
    var base: String
}

extension WorkspaceRepository {
    private var journal: String { stateFolder + "/git/move.json" }

    /// Moves work tree, index, branch and base together.
    ///
    /// Only files that differ between the two trees are written; one of them that changed since the snapshot was taken
    /// stops the move before it begins.
    func perform(_ move: WorkTreeMove, _ snapshot: WorkSnapshot) async throws {
        guard !FileManager.default.fileExists(atPath: gitFolder + "/index.lock") else {
            throw GitError.commandFailed(
                command: "read-tree",
                status: 128,
                message: "Another git process works in this repository."
            )
        }
        let touched = Set(try await changes(move).map(\.path))
        let moved = try await run(["diff-files", "-z", "--name-only"], environment: snapshot.environment)
        let disturbed = moved.fields.map { String(decoding: $0, as: UTF8.self) }.filter(touched.contains)
        guard disturbed.isEmpty else {
            throw RepositoryFailure.conflict(files: disturbed, message: "Files are being changed by a running program.")
        }
        try Data(try JSONCoding.encode(move)).write(to: URL(filePath: journal), options: .atomic)
        try await finishMove()
    }

    /// Makes good a move that was begun.
    func finishMove() async throws {
        guard FileManager.default.fileExists(atPath: journal) else { return }
        let move = try JSONCoding.decode(WorkTreeMove.self, from: Data(contentsOf: URL(filePath: journal)))
        guard try await commit(move.head) != nil, try await commit(move.base) != nil else {
            // The machine went down before git's objects were on the disk; what is in the work tree stays.
            logger.error("a move of the work tree cannot be finished", metadata: ["git.commit": "\(move.head)"])
            return try FileManager.default.removeItem(atPath: journal)
        }
        try await writeFiles(move)
        let updates = [
            "update \(Reference.branch) \(move.head)\n", "update \(Reference.base) \(move.base)\n",
            "update \(Reference.delivered) \(move.head)\n",
        ]
        try await succeed(["update-ref", "--stdin"], input: Array(updates.joined().utf8))
        try await succeed(["symbolic-ref", "HEAD", Reference.branch])
        try await succeed(["read-tree", "--reset", move.head])
        _ = try await run(["update-index", "-q", "--refresh"])
        for name in ["MERGE_HEAD", "MERGE_MSG", "MERGE_MODE", "AUTO_MERGE", "CHERRY_PICK_HEAD", "REVERT_HEAD"] {
            unlink(gitFolder + "/" + name)
        }
        try FileManager.default.removeItem(atPath: journal)
    }

    private func changes(_ move: WorkTreeMove) async throws -> [(path: String, isDeleted: Bool)] {
        let output = try await succeed(["diff-tree", "-r", "-z", "--no-renames", "--name-status", move.from, move.to])
        let fields = output.fields.map { String(decoding: $0, as: UTF8.self) }
        return stride(from: 0, to: fields.count - 1, by: 2).map { (fields[$0 + 1], fields[$0] == "D") }
    }

    private func writeFiles(_ move: WorkTreeMove) async throws {
        let changes = try await changes(move)
        for change in changes where change.isDeleted { try remove(change.path) }
        let written = changes.filter { !$0.isDeleted }
        guard !written.isEmpty else { return }
        let index = stateFolder + "/git/" + WorkSnapshot.prefix + "move"
        defer { unlink(index) }
        let environment = ["GIT_INDEX_FILE": index]
        try await succeed(["read-tree", move.to], environment: environment)
        try await succeed(
            ["checkout-index", "--force", "-z", "--stdin"],
            environment: environment,
            input: written.flatMap { Array($0.path.utf8) + [0] },
            deadline: .seconds(600)
        )
    }

    /// Removes a file and the folders that this leaves empty.
    private func remove(_ path: String) throws {
        guard unlink(directory + "/" + path) == 0 || [ENOENT, ENOTDIR, EISDIR].contains(errno) else {
            throw GitError.fileSystem("cannot remove \(path): \(errnoText())")
        }
        var parts = path.split(separator: "/")
        while parts.popLast() != nil, !parts.isEmpty, rmdir(directory + "/" + parts.joined(separator: "/")) == 0 {}
    }
}
