import Foundation
import GitCommand
import SandboxAgentAPI

extension WorkspaceRepository {
    /// The largest mailbox that is handed out, in bytes.
    static let patchLimit = 50 << 20

    /// Commits what is uncommitted and puts the session's commits onto `onto` (decision 16).
    ///
    /// Branch and base move together, so that the diff shows the session's work and nothing else. On a conflict
    /// nothing has changed: uncommitted work is still uncommitted.
    func commit(onto name: String, message: String?) async throws -> WorkCommitted {
        try await alone {
            let onto = try await namedCommit(name)
            try await refuseUnfinished()
            let identity = try await identity()
            let text = message.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 } ?? "Work of an Octobot session"
            return try await withSnapshot(isKept: true) { snapshot in
                let tree = try await succeed(["write-tree"], environment: snapshot.environment).line
                let head = try await commit("HEAD")
                let work = try await committed(tree, on: head, text, identity)
                let commits = try await sessionCommits(of: work, onto: onto, tree, text, identity)
                guard !commits.isEmpty else { return WorkCommitted(head: head ?? onto, commitCount: 0) }
                var replay = try await CommitReplay(self, onto: onto, identity: identity)
                for commit in commits { try await replay.add(commit) }
                try await perform(
                    WorkTreeMove(from: tree, to: replay.tree, head: replay.head, base: onto),
                    snapshot
                )
                return WorkCommitted(head: replay.head, commitCount: replay.count)
            }
        }
    }

    /// A half-done merge or rebase of the agent's is no state to commit.
    private func refuseUnfinished() async throws {
        let unmerged = try await succeed(["ls-files", "--unmerged", "-z"])
        let files = Set(
            unmerged.fields.map { field in
                String(decoding: field.drop { $0 != 0x09 }.dropFirst(), as: UTF8.self)
            }
        )
        guard files.isEmpty else {
            throw RepositoryFailure.conflict(
                files: files.sorted(),
                message: "The agent left a merge with conflicts unfinished."
            )
        }
        for name in ["rebase-merge", "rebase-apply"]
        where FileManager.default.fileExists(atPath: gitFolder + "/" + name) {
            throw RepositoryFailure.conflict(files: [], message: "The agent left a rebase unfinished.")
        }
    }

    /// `head`, or a commit on it when the work tree differs.
    private func committed(
        _ tree: String,
        on head: String?,
        _ message: String,
        _ identity: GitIdentity
    ) async throws -> String? {
        let old = if let head { try await self.tree(of: head) } else { try await emptyTree() }
        guard tree != old else { return head }
        return try await makeCommit(tree: tree, parents: head.map { [$0] } ?? [], as: identity, message: message)
    }

    /// What the session added, oldest first; histories with merges as one commit, which keeps what they resolved.
    private func sessionCommits(
        of work: String?,
        onto: String,
        _ tree: String,
        _ message: String,
        _ identity: GitIdentity
    ) async throws -> [String] {
        guard let work else { return [] }
        let base = try await commit(Reference.base).map { [$0] } ?? []
        let range = [work, "--not", onto] + base
        let commits = try await succeed(["rev-list", "--reverse", "--topo-order"] + range).lines
        let merges = try await succeed(["rev-list", "--merges", "--max-count=1"] + range).lines
        guard !merges.isEmpty else { return commits }
        let fork = try await fork(of: work, from: [onto] + base)
        return [try await makeCommit(tree: tree, parents: fork.map { [$0] } ?? [], as: identity, message: message)]
    }

    /// The last commit that `work` has in common with any of `others`.
    private func fork(of work: String, from others: [String]) async throws -> String? {
        var latest: String?
        for other in others {
            let common = try await run(["merge-base", work, other])
            guard common.isSuccess else { continue }
            if let known = latest, try await !run(["merge-base", "--is-ancestor", known, common.line]).isSuccess {
                continue
            }
            latest = common.line
        }
        return latest
    }

    /// The commits between `parent` and `HEAD` as one mailbox (agent-api.md §9).
    func commits(after name: String) async throws -> CommitPatches {
        try await alone {
            let parent = try await namedCommit(name)
            guard let head = try await commit("HEAD") else { throw RepositoryFailure.noCommits }
            guard try await run(["merge-base", "--is-ancestor", parent, head]).isSuccess else {
                throw RepositoryFailure.notAnAncestor(name)
            }
            let bytes: [UInt8]
            do throws(GitError) {
                bytes = try await succeed(
                    [
                        "format-patch", "--stdout", "--binary", "--full-index", "--no-stat", "--no-signature",
                        "--no-ext-diff", "--no-textconv", "--no-attach", "--no-thread", "--no-signoff", "--no-notes",
                        "--no-cover-letter", "--subject-prefix=PATCH", "--encode-email-headers", "--src-prefix=a/",
                        "--dst-prefix=b/", "--no-renames", "--ignore-submodules=none", "\(parent)..\(head)",
                    ],
                    limit: Self.patchLimit
                ).bytes
            } catch .outputTooLarge {
                throw RepositoryFailure.patchesTooLarge
            }
            let count = Self.countOfPatches(bytes)
            guard count > 0 else { throw RepositoryFailure.noCommits }
            if let text = String(validating: bytes, as: UTF8.self) {
                return CommitPatches(patches: text, commitCount: count)
            }
            return CommitPatches(patches: Data(bytes).base64EncodedString(), commitCount: count, encoding: "base64")
        }
    }

    /// How many messages a mailbox of `format-patch` has: each begins with a line of one fixed date.
    private static func countOfPatches(_ bytes: [UInt8]) -> Int {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).count { line in
            line.starts(with: "From ".utf8) && line.suffix(25).elementsEqual(" Mon Sep 17 00:00:00 2001".utf8)
        }
    }

    /// Moves base and branch to a commit that contains what was delivered.
    ///
    /// Work beyond that stays in the work tree, uncommitted. When it does not fit it is a conflict and nothing changes.
    func moveBase(to name: String) async throws {
        try await alone {
            let target = try await namedCommit(name)
            try await refuseUnfinished()
            try await withSnapshot(isKept: true) { snapshot in
                let tree = try await succeed(["write-tree"], environment: snapshot.environment).line
                var delivered = try await commit(Reference.delivered)
                if delivered == nil { delivered = try await commit(Reference.base) }
                let old = if let delivered { try await self.tree(of: delivered) } else { try await emptyTree() }
                var new = try await self.tree(of: target)
                if tree != old, tree != new {
                    let parents = delivered.map { [$0] } ?? []
                    let ours = try await makeCommit(tree: new, parents: parents, as: .fallback)
                    let theirs = try await makeCommit(tree: tree, parents: parents, as: .fallback)
                    new = try await merge(ours, theirs)
                }
                try await perform(WorkTreeMove(from: tree, to: new, head: target, base: target), snapshot)
            }
        }
    }
}

extension GitOutput {
    /// The lines of the output.
    fileprivate var lines: [String] { line.split(separator: "\n").map(String.init) }
}
