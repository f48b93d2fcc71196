import GitCommand
import SandboxAgentAPI

extension WorkspaceRepository {
    /// How much of a diff is answered; the counts are always complete.
    enum DiffLimit {
        /// Of one file among others, and of all together.
        static let patches = DiffLimits(file: 1 << 20, total: 12 << 20)
        /// Of one file asked for alone; the patch is cut there.
        static let single = 8 << 20
        /// What git may write before it is stopped.
        static let output = 64 << 20
    }

    private static let options = [
        "--cached", "--find-renames", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none",
        "--src-prefix=a/", "--dst-prefix=b/",
    ]

    /// The work tree, untracked files included, against the session's base (decision 15); empty without a clone.
    func diff(withPatches: Bool) async throws -> AgentDiff {
        guard isRepository else { return AgentDiff([], answers: []) }
        return try await alone {
            let base = try await diffBase()
            return try await withSnapshot(isKept: false) { snapshot in
                var files = try await files(against: base, snapshot)
                guard withPatches, !files.isEmpty else {
                    return AgentDiff(files, answers: files.map { AgentFileDiff($0.change) })
                }
                let output = try await succeed(
                    ["diff-index", "--patch"] + Self.options + [base],
                    environment: snapshot.environment,
                    limit: DiffLimit.output,
                    cutsOutput: true
                )
                files.attach(output, limits: DiffLimit.patches)
                return AgentDiff(files, answers: files.map { AgentFileDiff($0) })
            }
        }
    }

    /// One file; `unchanged` with an empty patch when it does not differ.
    func diff(of path: String) async throws -> AgentFileDiff {
        let unchanged = AgentFileDiff(
            path: path,
            status: .unchanged,
            additions: 0,
            deletions: 0,
            binary: false,
            patch: ""
        )
        guard isRepository else { return unchanged }
        return try await alone {
            let base = try await diffBase()
            return try await withSnapshot(isKept: false) { snapshot in
                let files = try await files(against: base, snapshot)
                guard let file = files.first(where: { $0.change.path.text == path }) else { return unchanged }
                let output = try await succeed(
                    ["diff-index", "--patch"] + Self.options + [base, "--", path]
                        + (file.change.oldPath.map { [$0.text] } ?? []),
                    environment: snapshot.environment,
                    limit: DiffLimit.single,
                    cutsOutput: true
                )
                var answer = AgentFileDiff(file)
                answer.patch = Self.text(of: output)
                return answer
            }
        }
    }

    /// A patch as text; an incomplete one ends at a line's end.
    private static func text(of patch: GitOutput) -> String {
        let bytes = patch.bytes
        let whole = patch.isTruncated ? bytes[...(bytes.lastIndex(of: 0x0A) ?? bytes.endIndex - 1)] : bytes[...]
        return String(decoding: whole, as: UTF8.self)
    }

    private func files(against base: String, _ snapshot: WorkSnapshot) async throws -> [FileDiff] {
        let output = try await succeed(
            ["diff-index", "-z", "--raw", "--numstat"] + Self.options + [base],
            environment: snapshot.environment
        )
        return FileDiff.parse(output.fields)
    }

    /// The session's base, else `HEAD`, else nothing at all.
    private func diffBase() async throws -> String {
        if let base = try await commit(Reference.base) { return base }
        if let head = try await commit("HEAD") { return head }
        return try await emptyTree()
    }
}

extension AgentDiff {
    /// An answer for all the files, with their counts.
    fileprivate init(_ files: [FileDiff], answers: [AgentFileDiff]) {
        self.init(
            files: answers,
            stats: .init(
                filesChanged: files.count,
                additions: files.reduce(0) { $0 + $1.additions },
                deletions: files.reduce(0) { $0 + $1.deletions }
            )
        )
    }
}

extension AgentFileDiff {
    /// The form of `format=files`.
    fileprivate init(_ change: FileChange) {
        self.init(path: change.path.text, oldPath: change.oldPath?.text, status: Status(change.state))
    }

    /// The full form, with the patch where it is carried.
    fileprivate init(_ file: FileDiff) {
        self.init(
            path: file.change.path.text,
            oldPath: file.change.oldPath?.text,
            status: Status(file.change.state),
            additions: file.additions,
            deletions: file.deletions,
            binary: file.isBinary,
            patch: file.patch.map { String(decoding: $0, as: UTF8.self) }
        )
    }
}

extension AgentFileDiff.Status {
    fileprivate init(_ state: FileState) {
        self =
            switch state {
            case .added: .added
            case .deleted: .deleted
            case .renamed, .copied: .renamed
            case .modified, .unmerged, .typechanged, .unknown: .modified
            }
    }
}
