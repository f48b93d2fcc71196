import GitCommand
package import OctobotAPI
package import OctobotModel
import OctobotStore

/// The working copies of workspaces, for people who look at them and change them by hand (`git.*`; rest-api.md §9).
///
/// Every call reaches the user's own folder, or our clone of a URL, through ``WorkTree``, which runs nothing a
/// repository's settings name and never overwrites what is not committed.
package struct GitService: Sendable {
    private let ledger: Ledger
    let repositories: Repositories

    package init(ledger: Ledger, repositories: Repositories) {
        self.ledger = ledger
        self.repositories = repositories
    }

    // MARK: Looking

    /// `git.status`.
    package func status(_ params: WorkspaceTarget, _ call: Call) async throws(Fault) -> GitStatus {
        try await at(params.workspaceID, in: params.project, doing: "reading the status") {
            (tree, _) async throws(GitError) in GitStatus(try await tree.status())
        }
    }

    /// `git.log`.
    package func log(_ params: ListGitCommits.Params, _ call: Call) async throws(Fault) -> Page<GitCommit> {
        let limit = params.limit ?? 50
        let place = try CommitPlace(params.cursor)
        return try await at(params.workspaceID, in: params.project, doing: "reading the log") {
            (tree, _) async throws(GitError) in
            let start = place?.commit ?? params.ref
            let commits = try await tree.log(of: start, limit: limit + 1, skip: place?.offset ?? 0)
            let page = commits.prefix(limit).map { GitCommit($0) }
            guard commits.count > limit, let first = place?.commit ?? commits.first?.name else {
                return Page(items: page)
            }
            let next = CommitPlace(commit: first, offset: (place?.offset ?? 0) + limit)
            return Page(items: page, nextCursor: next.text)
        }
    }

    /// `git.branches`.
    package func branches(_ params: GitListParams, _ call: Call) async throws(Fault) -> Page<GitBranch> {
        let offset = try Self.offset(params.cursor)
        return try await at(params.workspaceID, in: params.project, doing: "reading the branches") {
            (tree, _) async throws(GitError) in
            let branches = try await tree.branches().map { GitBranch($0) }
            let rest = branches.dropFirst(offset)
            let next = rest.count > params.pageSize ? String(offset + params.pageSize) : nil
            return Page(items: Array(rest.prefix(params.pageSize)), nextCursor: next)
        }
    }

    /// `git.diff`.
    package func diff(_ params: DiffGit.Params, _ call: Call) async throws(Fault) -> GitDiff {
        let range: DiffRange =
            switch (params.base, params.head) {
            case (let base?, let head?): .commits(from: base, to: head)
            case (let base?, nil): .workTree(since: base)
            case (nil, _): params.staged == true ? .staged : .unstaged
            }
        return try await at(params.workspaceID, in: params.project, doing: "comparing") {
            (tree, _) async throws(GitError) in
            let files = try await tree.diff(range, paths: (params.paths ?? []).map { GitPath($0) })
            return GitDiff(diffs: files.map { GitDiff.File($0) })
        }
    }

    /// `git.files`.
    package func files(_ params: ListGitFiles.Params, _ call: Call) async throws(Fault) -> Page<GitFileEntry> {
        let place = try CommitPlace(params.cursor)
        return try await at(params.workspaceID, in: params.project, doing: "listing files") {
            (tree, _) async throws(GitError) in
            guard let found = try await tree.files(of: place?.commit ?? params.ref) else { return Page(items: []) }
            let rest = found.entries.dropFirst(place?.offset ?? 0)
            let page = rest.prefix(params.pageSize).map { GitFileEntry($0) }
            guard rest.count > params.pageSize else { return Page(items: page) }
            let next = CommitPlace(commit: found.commit, offset: (place?.offset ?? 0) + params.pageSize)
            return Page(items: page, nextCursor: next.text)
        }
    }

    // MARK: Changing

    /// `git.fetch`.
    package func fetch(_ params: WorkspaceTarget, _ call: Call) async throws(Fault) -> Empty {
        try await at(params.workspaceID, in: params.project, doing: "fetching") {
            (tree, mirror) async throws(GitError) in
            try await tree.fetch(through: mirror)
            return Empty()
        }
    }

    /// `git.checkout`.
    package func checkout(_ params: CheckOutGit.Params, _ call: Call) async throws(Fault) -> Empty {
        try await at(params.workspaceID, in: params.project, doing: "checking out") {
            (tree, _) async throws(GitError) in
            try await tree.checkout(params.ref)
            return Empty()
        }
    }

    /// `git.stage`.
    package func stage(_ params: StageGit.Params, _ call: Call) async throws(Fault) -> Empty {
        try await at(params.workspaceID, in: params.project, doing: "staging") { (tree, _) async throws(GitError) in
            try await tree.stage((params.paths ?? []).map { GitPath($0) })
            return Empty()
        }
    }

    /// `git.commit`.
    package func commit(_ params: CommitGit.Params, _ call: Call) async throws(Fault) -> GitCommit {
        var author: GitIdentity?
        if let name = params.authorName, let email = params.authorEmail {
            author = try Self.identity(name: name, email: email)
        }
        guard params.message.contains(where: { !$0.isWhitespace }) else {
            throw .invalidParams("The message says nothing.", pointer: "/message", rule: "minLength")
        }
        return try await at(params.workspaceID, in: params.project, doing: "committing") {
            [author] (tree, _) async throws(GitError) in
            GitCommit(try await tree.commit(params.message, author: author))
        }
    }

    // MARK: Reaching it

    /// Runs `work` on a workspace's working copy, which must be there already: no request clones.
    func at<Value>(
        _ id: WorkspaceID,
        in project: ProjectID,
        doing what: String,
        _ work: (WorkTree, Mirror) async throws(GitError) -> Value
    ) async throws(Fault) -> Value {
        guard let workspace = try await ledger.read({ try $0.workspace(id, in: project) }) else {
            throw .notFound("workspace", id)
        }
        if workspace.sourceType == .git, workspace.commit == nil {
            throw .invalidState(
                "The repository of workspace '\(id)' has not been cloned yet.",
                reason: "workspace.notReady",
                state: workspace.status.rawValue,
                allowed: [WorkspaceStatus.ready.rawValue],
                hint: "Wait until its status is 'ready'."
            )
        }
        do throws(GitError) {
            return try await work(repositories.tree(of: workspace), repositories.mirror(of: workspace))
        } catch {
            throw error.fault(doing: what)
        }
    }

    /// git itself takes angle brackets and line feeds out of names; they are refused before.
    private static func identity(name: String, email: String) throws(Fault) -> GitIdentity {
        for (text, pointer) in [(name, "/authorName"), (email, "/authorEmail")] {
            let isPlain = !text.unicodeScalars.contains {
                $0 == "<" || $0 == ">" || $0.value < 0x20 || $0.value == 0x7F
            }
            guard isPlain, text.contains(where: { !$0.isWhitespace }) else {
                throw .invalidParams(
                    "'<', '>' and control characters cannot stand here.",
                    pointer: pointer,
                    rule: "format"
                )
            }
        }
        return GitIdentity(name: name, email: email)
    }

    private static func offset(_ cursor: String?) throws(Fault) -> Int {
        guard let cursor else { return 0 }
        guard let offset = Int(cursor), offset >= 0, String(offset) == cursor else {
            throw Fault(.cursorInvalid, "The cursor is not one of this list's.")
        }
        return offset
    }
}

/// A place in a list that belongs to one commit: `<commit>-<offset>`.
struct CommitPlace: Equatable {
    var commit: String
    var offset: Int

    var text: String { "\(commit)-\(offset)" }

    init(commit: String, offset: Int) {
        self.commit = commit
        self.offset = offset
    }

    /// - Throws: `CursorInvalid` for anything ``text`` does not give.
    init?(_ cursor: String?) throws(Fault) {
        guard let cursor else { return nil }
        let parts = cursor.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].wholeMatch(of: /[0-9a-f]{40}|[0-9a-f]{64}/) != nil, let offset = Int(parts[1]),
            offset >= 0, String(offset) == parts[1]
        else { throw Fault(.cursorInvalid, "The cursor is not one of this list's.") }
        self.init(commit: String(parts[0]), offset: offset)
    }
}
