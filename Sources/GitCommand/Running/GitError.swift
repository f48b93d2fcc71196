/// Why a git operation did not do what was asked.
///
/// Texts are for people; user information in URLs is removed before a text gets here.
package enum GitError: Error, Sendable, Equatable {
    /// No repository at the path.
    case notARepository(String)
    /// The repository at the path has no work tree.
    case bareRepository(String)
    /// The path cannot become a workspace; the text says why.
    case pathRefused(String)
    /// The clone source is not allowed; the text says why.
    case sourceRefused(String)
    /// A revision is malformed or names no commit here.
    case unknownCommit(String)
    /// The commit has no such file.
    case noSuchFile(String)
    /// The index holds nothing that HEAD does not.
    case nothingStaged
    /// Patches that will not be applied; the text says why.
    case patchRefused(String)
    /// The repository that commits are brought back to does not admit it now; the text says why.
    case target(TargetObstacle, String)
    /// The program `git`, or one it is started with, is not installed.
    case missingProgram(String)
    /// git ended with another status than zero.
    case commandFailed(command: String, status: Int32, message: String)
    /// git ran longer than the operation allows and was killed.
    case timedOut(command: String)
    /// git wrote more than the operation allows and was killed.
    case outputTooLarge(command: String)
    /// A file operation of ours failed.
    case fileSystem(String)
    /// The calling task was cancelled; git was killed.
    case cancelled
}

/// What keeps commits from being brought back to a repository; nothing has been changed, unless it says otherwise.
package enum TargetObstacle: Sendable, Equatable {
    /// What is staged, or a file the commits touch, differs from HEAD, or something is in the way of a new file.
    case dirty
    /// The branch is not at the commit it was at.
    case moved
    /// A lock is held, or a merge, rebase or the like is under way.
    case busy
    /// HEAD is on no branch.
    case detached
    /// Somebody changed the repository between an interrupted attempt and its recovery; it is left as it is.
    case changed
}

extension GitError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notARepository(let path): "not a git repository: \(path)"
        case .bareRepository(let path): "a bare repository has no work tree: \(path)"
        case .pathRefused(let reason), .sourceRefused(let reason), .patchRefused(let reason), .fileSystem(let reason):
            reason
        case .target(_, let reason): reason
        case .unknownCommit(let revision): "unknown commit '\(revision)'"
        case .noSuchFile(let path): "no file '\(path)'"
        case .nothingStaged: "nothing is staged"
        case .missingProgram(let name): "the program '\(name)' is not installed"
        case .commandFailed(let command, let status, let message):
            "git \(command) failed (\(status))" + (message.isEmpty ? "" : ": \(message)")
        case .timedOut(let command): "git \(command) took too long"
        case .outputTooLarge(let command): "git \(command) wrote too much output"
        case .cancelled: "cancelled"
        }
    }
}
