import Foundation
import GitCommand
import Logging
import SandboxAgentAPI

/// The session's clone: made at the start, compared and committed later (decisions 14–16).
///
/// git runs with a configuration of ours and without the agent's; operations on the clone run one at a time. What
/// moves the work tree is written down first (``WorkTreeMove``), so that a kill in between is made good at the next
/// start.
struct WorkspaceRepository: Sendable {
    /// The names this service keeps in the clone.
    enum Reference {
        static let branch = "refs/heads/octobot-session"
        /// What the session's diff is taken against.
        static let base = "refs/octobot/base"
        /// What the last commit handed out; work beyond it survives ``moveBase(to:)`` as uncommitted.
        static let delivered = "refs/octobot/delivered"
    }

    let git: Git
    let directory: String
    let home: String
    let stateFolder: String
    let logger: Logger

    init(directory: String, home: String, stateFolder: String, logger: Logger) throws {
        self.directory = directory
        self.home = home
        self.stateFolder = stateFolder
        self.logger = logger
        git = try Git(directory: stateFolder + "/git", logger: logger)
    }

    var gitFolder: String { directory + "/.git" }

    var isRepository: Bool { FileManager.default.fileExists(atPath: gitFolder + "/HEAD") }

    /// Runs work on the clone alone, after what an interrupted move left is made good.
    func alone<Result>(_ work: () async throws -> Result) async throws -> Result {
        try await git.locks.withLock(directory) {
            guard isRepository else { throw RepositoryFailure.notARepository }
            try await finishMove()
            return try await work()
        }
    }

    // MARK: - Running git

    /// Runs git in the clone and returns what it left, whatever its status.
    func run(
        _ arguments: [String],
        in folder: String? = nil,
        environment extra: [String: String] = [:],
        input: [UInt8] = [],
        limit: Int = 32 << 20,
        cutsOutput: Bool = false,
        deadline: Duration = .seconds(120)
    ) async throws(GitError) -> GitOutput {
        try await git.run(
            invocation(arguments, folder, extra, input, limit, cutsOutput, deadline)
        )
    }

    /// Runs git in the clone and takes any status but zero for a failure.
    @discardableResult
    func succeed(
        _ arguments: [String],
        in folder: String? = nil,
        environment extra: [String: String] = [:],
        input: [UInt8] = [],
        limit: Int = 32 << 20,
        cutsOutput: Bool = false,
        deadline: Duration = .seconds(120)
    ) async throws(GitError) -> GitOutput {
        try await git.succeed(
            invocation(arguments, folder, extra, input, limit, cutsOutput, deadline)
        )
    }

    private func invocation(
        _ arguments: [String],
        _ folder: String?,
        _ extra: [String: String],
        _ input: [UInt8],
        _ limit: Int,
        _ cutsOutput: Bool,
        _ deadline: Duration
    ) -> GitInvocation {
        // A broken clone must not make git look for another one above it.
        let environment = git.isolated.adding(["GIT_CEILING_DIRECTORIES": home, "GIT_LITERAL_PATHSPECS": "1"])
        return GitInvocation(
            arguments: arguments,
            directory: folder ?? directory,
            environment: environment.adding(extra),
            input: input,
            limit: limit,
            cutsOutput: cutsOutput,
            deadline: deadline
        )
    }

    // MARK: - Revisions

    /// The full name of a commit, `nil` when it is not here.
    func commit(_ revision: String, in folder: String? = nil) async throws(GitError) -> String? {
        let output = try await run(
            ["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"],
            in: folder
        )
        return output.isSuccess ? output.line : nil
    }

    /// A commit that a caller named by its full object name.
    func namedCommit(_ name: String) async throws -> String {
        guard name.wholeMatch(of: /[0-9a-f]{40}|[0-9a-f]{64}/) != nil, let commit = try await commit(name) else {
            throw RepositoryFailure.unknownCommit(name)
        }
        return commit
    }

    func tree(of commit: String) async throws(GitError) -> String {
        try await succeed(["rev-parse", "--verify", "--end-of-options", commit + "^{tree}"]).line
    }

    func emptyTree() async throws(GitError) -> String {
        try await succeed(["hash-object", "-t", "tree", "-w", "--stdin"]).line
    }
}
