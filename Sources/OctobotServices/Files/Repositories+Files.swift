import Foundation
import GitCommand
import JSONText
import OctobotModel

extension Repositories {
    /// What a part of a file of the base may lie within, in bytes: git gives whole files only.
    private static let largestBaseFile = 64 << 20

    /// A file as it was in the commit the session's work is compared with, whether its sandbox runs or not.
    ///
    /// Before the session has one that is the commit it would start from now.
    func baseFile(_ path: String, of session: Session, in workspace: Workspace) async throws(Fault) -> [UInt8] {
        let mirror = mirror(of: workspace)
        guard FileManager.default.fileExists(atPath: mirror.path) else {
            throw .invalidState(
                "The workspace has no commit to read from yet.",
                reason: "workspace.notReady",
                state: workspace.status.rawValue,
                allowed: [WorkspaceStatus.ready.rawValue]
            )
        }
        do throws(GitError) {
            let pinned = try await mirror.pinned(.base, session: session.id.rawValue)
            let commit: String = if let pinned { pinned } else { try await mirror.head() }
            return try await mirror.content(of: path, at: commit, limit: Self.largestBaseFile)
        } catch {
            switch error {
            case .noSuchFile: throw .notFound("file", path.prefix(500))
            case .outputTooLarge:
                throw Fault(
                    .requestTooLarge,
                    "The file '\(path.prefix(500))' is larger than \(Self.largestBaseFile) bytes in the base commit.",
                    details: ["limit": .integer(Int64(Self.largestBaseFile))],
                    hint: "Read it with git, in the sandbox or in the repository."
                )
            default: throw error.fault(doing: "reading a file")
            }
        }
    }
}
