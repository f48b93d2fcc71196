import JSONText
import OctobotAPI
import SandboxAgentAPI

extension SessionDiff {
    /// Reads what a sandbox's `GET /diff` answered: one file when `path` was asked for, else all.
    ///
    /// - Throws: `DecodingError` for anything else.
    init(agentAnswer bytes: [UInt8], path: String?) throws {
        guard path != nil else {
            let diff = try JSONCoding.decode(AgentDiff.self, from: bytes)
            self.init(
                files: diff.files.map(FileDiff.init),
                stats: Statistics(
                    filesChanged: diff.stats.filesChanged,
                    additions: diff.stats.additions,
                    deletions: diff.stats.deletions
                )
            )
            return
        }
        let file = try JSONCoding.decode(AgentFileDiff.self, from: bytes)
        self.init(
            files: [FileDiff(file)],
            stats: Statistics(
                filesChanged: file.status == .unchanged ? 0 : 1,
                additions: file.additions ?? 0,
                deletions: file.deletions ?? 0
            )
        )
    }
}

extension SessionDiff.FileDiff {
    fileprivate init(_ file: AgentFileDiff) {
        let status: Status =
            switch file.status {
            case .added: .added
            case .modified: .modified
            case .deleted: .deleted
            case .renamed: .renamed
            case .unchanged: .unchanged
            }
        self.init(
            path: file.path,
            oldPath: file.oldPath,
            status: status,
            additions: file.additions,
            deletions: file.deletions,
            binary: file.binary,
            patch: file.patch
        )
    }
}
