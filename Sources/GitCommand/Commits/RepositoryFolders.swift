import Foundation

/// The folders a work tree's repository keeps its state in; they differ in linked work trees.
struct RepositoryFolders: Sendable {
    /// HEAD and index.
    var own: String
    /// Branches and objects.
    var common: String

    /// The lock files that moving a branch takes.
    func locks(for branch: String) -> [String] {
        [own + "/index.lock", own + "/HEAD.lock", common + "/" + branch + ".lock"]
    }

    /// What the user has begun and not ended; `nil` when nothing is under way.
    var operation: String? {
        let marks = [
            ("MERGE_HEAD", "merge"), ("rebase-merge", "rebase"), ("rebase-apply", "rebase or am"),
            ("CHERRY_PICK_HEAD", "cherry-pick"), ("REVERT_HEAD", "revert"), ("sequencer", "cherry-pick or revert"),
        ]
        return marks.first { FileManager.default.fileExists(atPath: own + "/" + $0.0) }?.1
    }
}

extension WorkTree {
    func folders(environment: GitEnvironment) async throws(GitError) -> RepositoryFolders {
        let output = try await git.succeed(
            GitInvocation(
                arguments: ["rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir"],
                directory: path,
                environment: environment,
                deadline: .seconds(15)
            )
        )
        let lines = output.line.split(separator: "\n").map(String.init)
        guard lines.count == 2 else { throw .notARepository(path) }
        return RepositoryFolders(own: lines[0], common: lines[1])
    }
}
