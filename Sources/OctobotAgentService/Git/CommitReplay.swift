import Foundation
import GitCommand

/// Puts commits onto another one without touching a work tree.
///
/// Each commit is merged as a tree: a stand-in of the new parent's tree on the commit's old parent makes that parent
/// the merge base, which is what a cherry-pick is. Only objects are written, so a conflict leaves nothing to undo.
struct CommitReplay {
    private let repository: WorkspaceRepository
    private let identity: GitIdentity
    /// The last commit so far.
    private(set) var head: String
    private(set) var tree: String
    /// How many commits were put on.
    private(set) var count = 0

    init(_ repository: WorkspaceRepository, onto commit: String, identity: GitIdentity) async throws {
        self.repository = repository
        self.identity = identity
        head = commit
        tree = try await repository.tree(of: commit)
    }

    /// Puts one commit on; one that changes nothing there is left out.
    mutating func add(_ commit: String) async throws {
        let object = try await repository.object(commit)
        let parent = object.parents.first
        if parent == head {
            guard object.tree != tree else { return }
            (head, tree, count) = (commit, object.tree, count + 1)
            return
        }
        let standIn = try await repository.makeCommit(tree: tree, parents: parent.map { [$0] } ?? [], as: identity)
        let merged = try await repository.merge(standIn, commit)
        guard merged != tree else { return }
        let committer = "\(identity.name) <\(identity.email)> \(Int(Date().timeIntervalSince1970)) +0000"
        let bytes = object.rewritten(tree: merged, parent: head, committer: committer)
        head = try await repository.succeed(["hash-object", "-t", "commit", "-w", "--stdin"], input: bytes).line
        tree = merged
        count += 1
    }
}

extension WorkspaceRepository {
    func object(_ commit: String) async throws -> CommitObject {
        let output = try await succeed(["cat-file", "commit", commit])
        guard let object = CommitObject(parsing: output.bytes) else { throw RepositoryFailure.unknownCommit(commit) }
        return object
    }

    /// Writes a commit object; no branch moves.
    func makeCommit(
        tree: String,
        parents: [String],
        as identity: GitIdentity,
        message: String = "."
    ) async throws -> String {
        try await succeed(
            ["commit-tree", tree] + parents.flatMap { ["-p", $0] } + ["-F", "-"],
            environment: identity.variables,
            input: Array(message.utf8)
        ).line
    }

    /// The tree of two commits merged; conflicts are thrown with their files.
    func merge(_ ours: String, _ theirs: String) async throws -> String {
        let output = try await run(
            [
                "merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", "--allow-unrelated-histories", ours,
                theirs,
            ])
        let fields = output.fields.map { String(decoding: $0, as: UTF8.self) }
        switch (output.status, fields.first) {
        case (0, let tree?):
            return tree
        case (1, .some):
            let files = Array(fields.dropFirst())
            throw RepositoryFailure.conflict(
                files: files,
                message: "The session's work conflicts in \(files.joined(separator: ", "))."
            )
        default:
            throw GitError.commandFailed(command: "merge-tree", status: output.status, message: output.complaint)
        }
    }
}
