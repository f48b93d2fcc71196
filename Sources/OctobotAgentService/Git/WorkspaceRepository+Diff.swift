import GitCommand
import SandboxAgentAPI

extension WorkspaceRepository {
    /// How much of a diff is answered; the counts are always complete.
    enum DiffLimit {
        /// Of one file among others; a larger patch is left out.
        static let file = 1 << 20
        /// Of all files together; from there on patches are left out.
        static let total = 12 << 20
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
                let files = try await files(against: base, snapshot)
                guard withPatches, !files.isEmpty else { return AgentDiff(files, answers: files.map(\.summary)) }
                let output = try await succeed(
                    ["diff-index", "--patch"] + Self.options + [base],
                    environment: snapshot.environment,
                    limit: DiffLimit.output,
                    cutsOutput: true
                )
                let sections = DiffSections.split(output.bytes, isComplete: !output.isTruncated)
                return AgentDiff(files, answers: DiffSections.attach(sections, to: files))
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
                guard let file = files.first(where: { $0.path == path }) else { return unchanged }
                let output = try await succeed(
                    ["diff-index", "--patch"] + Self.options + [base, "--", path] + (file.oldPath.map { [$0] } ?? []),
                    environment: snapshot.environment,
                    limit: DiffLimit.single,
                    cutsOutput: true
                )
                var answer = file.answer
                answer.patch = DiffSections.text(output.bytes, isComplete: !output.isTruncated)
                return answer
            }
        }
    }

    private func files(against base: String, _ snapshot: WorkSnapshot) async throws -> [ChangedFile] {
        let output = try await succeed(
            ["diff-index", "-z", "--raw", "--numstat"] + Self.options + [base],
            environment: snapshot.environment
        )
        return ChangedFile.parse(output.fields)
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
    fileprivate init(_ files: [ChangedFile], answers: [AgentFileDiff]) {
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
