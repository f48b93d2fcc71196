import Foundation
import Subprocess
import SystemPackage

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

    /// Runs `git update-ref` with ``MoveHook`` and waits for its end.
    ///
    /// - Parameter started: Called with the process, which leads its own session.
    /// - Returns: Its status; what it wrote is in the lock's file.
    func run(
        _ merge: Merge,
        locked descriptor: Int32,
        hooks: String,
        started: @escaping @Sendable (Int32) -> Void = { _ in }
    ) async throws(GitError) -> Int32 {
        var environment = environment.adding([
            "OCTOBOT_BRANCH": move.branch, "OCTOBOT_MERGE": merge.rawValue, "OCTOBOT_OLD": move.old,
            "OCTOBOT_NEW": move.new,
        ])
        environment.settings.append(("core.hooksPath", hooks))
        let arguments = [
            "-C", move.workTree, "update-ref", "-m", "octobot: commits of a session", move.branch, move.new, move.old,
        ]
        // On a task of its own: a cancelled caller must not kill git half way.
        let result = await Task { [environment] in
            do {
                return Result<Int32, any Error>.success(
                    try await Self.spawn(arguments, environment, descriptor, started)
                )
            } catch {
                return .failure(error)
            }
        }.value
        switch result {
        case .success(let status): return status
        case .failure(let error): throw .commandFailed(command: "update-ref", status: -1, message: "\(error)")
        }
    }

    private static func spawn(
        _ arguments: [String],
        _ environment: GitEnvironment,
        _ descriptor: Int32,
        _ started: @Sendable (Int32) -> Void
    ) async throws -> Int32 {
        var options = PlatformOptions()
        options.createSession = true
        if let account = environment.account {
            options.userID = account.userID
            options.groupID = account.groupID
            options.supplementaryGroups = []
        }
        let variables = environment.flattened.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        let file = FileDescriptor(rawValue: descriptor)
        let result = try await Subprocess.run(
            Configuration(
                executable: .name("git"),
                arguments: Arguments(arguments),
                environment: .custom(Dictionary(uniqueKeysWithValues: variables)),
                platformOptions: options
            ),
            input: .none,
            output: .fileDescriptor(file, closeAfterSpawningProcess: false),
            error: .fileDescriptor(file, closeAfterSpawningProcess: false)
        ) { execution in
            started(execution.processIdentifier.value)
        }
        switch result.terminationStatus {
        case .exited(let code): return code
        case .signaled(let number): return 128 + number
        }
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
