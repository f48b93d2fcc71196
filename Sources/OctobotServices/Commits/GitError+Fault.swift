import GitCommand
import OctobotModel

extension GitError {
    /// The fault a caller sees; texts of git have no user information in URLs any more.
    func fault(doing what: String) -> Fault {
        switch self {
        case .missingProgram(let name):
            .unavailable(
                name,
                "The program '\(name)' is not installed.",
                hint: "Install it, for example 'apt install \(name)'."
            )
        case .cancelled: Fault(.cancelled, "The call was cancelled.")
        case .timedOut: Fault(.upstreamFailed, "git took too long while \(what).", reason: "git.timedOut")
        case .sourceRefused(let reason): Fault(.invalidParams, reason, reason: "source.refused")
        case .notARepository, .bareRepository, .pathRefused, .target:
            Fault(.invalidState, "The workspace's repository cannot be used: \(self).", reason: "workspace.unusable")
        case .unknownCommit(let name):
            Fault(.invalidParams, "There is no commit '\(name)' in the workspace.", reason: "git.unknownRevision")
        case .noSuchFile(let path): .notFound("file", path)
        case .nothingStaged:
            Fault(.invalidState, "Nothing is staged.", reason: "git.nothingStaged", details: [:])
        case .patchRefused, .commandFailed, .outputTooLarge, .fileSystem:
            Fault(.upstreamFailed, "git failed while \(what): \(self)", reason: "git.failed")
        }
    }
}
