import Foundation

extension Git {
    /// Moves a checked-out branch with its work tree and index (decision 17).
    ///
    /// Changes of the user's in other files stay as they are. Cancelling the task does not stop what has begun; when the
    /// daemon dies in between, ``recover(_:)`` brings it to its end.
    /// - Throws: ``GitError/target(_:_:)`` when the repository does not admit it, with nothing changed.
    package func perform(_ move: BranchMove) async throws(GitError) {
        try await withWork(on: move) { work async throws(GitError) in
            guard try await work.mayBegin() else { return }
            try await work.process.probe(hooks: work.hooks)
            let status = try await work.run(.careful)
            if status != 0 { try await work.settle(after: status) }
        }
    }

    /// Brings a move that was begun, or not even that, to its end (decision 17).
    ///
    /// Waits for a process of it that still runs. Returns when the branch has the new commit.
    /// - Throws: ``GitError/target(_:_:)``: `moved` when nothing of it has been done and the branch is elsewhere;
    ///   `changed` when somebody changed what it touches; `busy` when it cannot be told yet.
    package func recover(_ move: BranchMove) async throws(GitError) {
        try await withWork(on: move) { work async throws(GitError) in
            try await work.finish()
        }
    }

    func withWork<Result>(
        on move: BranchMove,
        _ body: (MoveWork) async throws(GitError) -> Result
    ) async throws(GitError) -> Result {
        try await locks.withLock(move.workTree) { () async throws(GitError) -> Result in
            let lock = try await MoveLock.take(for: move.workTree, in: folder + "/moves")
            let tree = WorkTree(self, path: move.workTree)
            let environment = try await userEnvironment(for: move.workTree)
            let folders = try await tree.folders(environment: environment)
            let scratch = try Scratch(for: environment)
            defer { scratch.remove() }
            var hooks = folder + "/hooks"
            if environment.account != nil {
                // Another user may be unable to reach our folder.
                hooks = scratch.path + "/hooks"
                do {
                    try MoveHook.install(in: hooks)
                } catch {
                    throw .fileSystem("cannot write \(hooks)")
                }
            }
            return try await body(
                MoveWork(
                    move: move,
                    tree: tree,
                    environment: environment,
                    folders: folders,
                    scratch: scratch,
                    lock: lock,
                    hooks: hooks
                )
            )
        }
    }
}
