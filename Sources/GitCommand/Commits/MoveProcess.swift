/// The git process that performs a move: of a session of its own, untouched by the daemon's death or a cancelled task.
struct MoveProcess: Sendable {
    /// How the work tree is merged (git-read-tree(1)).
    enum Merge: String, Sendable {
        /// Refuses when a touched file is not as the old commit has it.
        case careful = "-m"
        /// Replaces touched files whatever they are; for what has been looked at and found to be ours.
        case forced = "--reset"
    }

    let git: Git
    let move: BranchMove
    let environment: GitEnvironment

    /// How long it may take; a filter that hangs must not keep the repository for ever.
    private static let limit = Duration.seconds(600)

    /// Runs `git update-ref` with ``MoveHook`` and waits for its end.
    ///
    /// - Parameter started: Called with the process, which leads its own session.
    /// - Returns: Its status; what it wrote is in the lock's file.
    func run(
        _ merge: Merge,
        locked descriptor: Int32,
        hooks: String,
        started: (Int32) -> Void = { _ in }
    ) async throws(GitError) -> Int32 {
        var environment = environment.adding([
            "OCTOBOT_BRANCH": move.branch, "OCTOBOT_MERGE": merge.rawValue, "OCTOBOT_OLD": move.old,
            "OCTOBOT_NEW": move.new,
        ])
        environment.settings.append(("core.hooksPath", hooks))
        let arguments = [
            "-C", move.workTree, "update-ref", "-m", "octobot: commits of a session", move.branch, move.new, move.old,
        ]
        let (program, words) = environment.command(arguments)
        let process = try DetachedProcess.start(
            program,
            words,
            environment: environment.flattened,
            output: descriptor
        )
        started(process.pid)
        return await process.ended(within: Self.limit)
    }

    /// Makes sure that git will run the hook: one it cannot run it passes over, and the branch would move alone.
    func probe(hooks: String) async throws(GitError) {
        var environment = environment
        environment.settings.append(("core.hooksPath", hooks))
        let output = try await git.run(
            GitInvocation(
                arguments: ["hook", "run", MoveHook.name, "--", "probe"],
                directory: move.workTree,
                environment: environment,
                deadline: .seconds(15)
            )
        )
        guard output.isSuccess else {
            throw .fileSystem("git cannot run a program in \(hooks): \(output.complaint)")
        }
    }
}
