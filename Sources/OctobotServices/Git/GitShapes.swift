import GitCommand
import OctobotAPI
import OctobotModel

extension GitStatus {
    init(_ status: WorkTreeStatus) {
        self.init(
            branch: status.head == nil ? "" : status.branch ?? "HEAD",
            commit: status.head ?? "",
            commitShort: String((status.head ?? "").prefix(7)),
            upstream: status.upstream ?? "",
            ahead: status.ahead,
            behind: status.behind,
            staged: status.staged.map { File($0) },
            unstaged: status.unstaged.map { File($0) },
            untracked: status.untracked.map(\.text),
            isClean: status.isClean,
            hasConflicts: status.hasConflicts,
            isTruncated: status.isTruncated
        )
    }
}

extension GitStatus.File {
    init(_ change: FileChange) {
        self.init(
            path: change.path.text,
            status: GitFileStatus(change.state),
            oldPath: change.oldPath?.text ?? ""
        )
    }
}

extension GitFileStatus {
    init(_ state: FileState) {
        self =
            switch state {
            case .added: .added
            case .modified: .modified
            case .deleted: .deleted
            case .renamed: .renamed
            case .copied: .copied
            case .unmerged: .unmerged
            case .typechanged: .typechanged
            case .unknown: .unknown
            }
    }
}

extension GitCommit {
    init(_ commit: CommitRecord) {
        self.init(
            sha: commit.name,
            message: commit.subject,
            body: commit.body,
            author: commit.author.name,
            authorEmail: commit.author.email,
            authorDate: Timestamp(seconds: commit.authoredAt),
            committer: commit.committer.name,
            commitDate: Timestamp(seconds: commit.committedAt),
            parents: commit.parents
        )
    }
}

extension Timestamp {
    /// git keeps any number a commit claims; what no calendar holds counts as its beginning.
    fileprivate init(seconds: Int64) {
        self.init(milliseconds: (0...253_402_300_799).contains(seconds) ? seconds * 1000 : 0)
    }
}

extension GitBranch {
    init(_ branch: Branch) {
        self.init(
            name: branch.name,
            isRemote: branch.isRemote,
            isCurrent: branch.isCurrent,
            commit: String(branch.commit.prefix(7)),
            upstream: branch.upstream ?? ""
        )
    }
}

extension GitDiff.File {
    init(_ file: FileDiff) {
        var patch = file.patch ?? []
        if patch.last == 0x0A { patch.removeLast() }
        self.init(
            path: file.change.path.text,
            oldPath: file.change.oldPath?.text ?? file.change.path.text,
            status: GitFileStatus(file.change.state),
            binary: file.isBinary,
            additions: file.additions,
            deletions: file.deletions,
            patch: String(decoding: patch, as: UTF8.self),
            isTruncated: file.patch == nil
        )
    }
}

extension GitFileEntry {
    init(_ entry: TreeEntry) {
        let path = entry.path.text
        self.init(
            path: path,
            name: path.split(separator: "/").last.map(String.init) ?? path,
            size: entry.size,
            mode: entry.mode
        )
    }
}
