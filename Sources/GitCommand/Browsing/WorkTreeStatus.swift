/// What a work tree holds beside its last commit.
package struct WorkTreeStatus: Sendable, Equatable {
    /// The branch checked out (`main`); `nil` when HEAD is detached.
    package var branch: String?
    /// The commit checked out; `nil` before the first one.
    package var head: String?
    /// The branch this one follows (`origin/main`).
    package var upstream: String?
    /// Commits the upstream does not have; 0 without one.
    package var ahead = 0
    /// Commits of the upstream that are missing here; 0 without one.
    package var behind = 0
    /// The index against HEAD, in git's order.
    package var staged: [FileChange] = []
    /// The work tree against the index.
    package var unstaged: [FileChange] = []
    /// A folder of which nothing is tracked is one entry that ends in `/`.
    package var untracked: [GitPath] = []
    package var hasConflicts = false
    /// Whether there is more than is listed here.
    package var isTruncated = false

    package var isClean: Bool { staged.isEmpty && unstaged.isEmpty && untracked.isEmpty }

    /// Reads `git status --porcelain=v2 --branch -z` (git-status(1), "Porcelain Format Version 2").
    ///
    /// - Parameter fields: What stood between NULs.
    init(fields: [[UInt8]]) {
        var rest = fields[...]
        while let field = rest.popFirst() {
            switch field.first {
            case UInt8(ascii: "#"): readHeader(String(decoding: field, as: UTF8.self))
            case UInt8(ascii: "1"): add(field, wordsBeforePath: 8, oldPath: nil)
            case UInt8(ascii: "2"): add(field, wordsBeforePath: 9, oldPath: rest.popFirst().map { GitPath($0) })
            case UInt8(ascii: "u"):
                hasConflicts = true
                if let path = Self.path(of: field, after: 10) {
                    unstaged.append(FileChange(path: path, state: .unmerged))
                }
            case UInt8(ascii: "?"): untracked.append(GitPath(Array(field.dropFirst(2))))
            default: continue
            }
        }
    }

    private mutating func readHeader(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count == 3 else { return }
        switch words[1] {
        case "branch.oid": head = Revision.isObjectName(words[2]) ? words[2] : nil
        case "branch.head": branch = words[2] == "(detached)" ? nil : words[2]
        case "branch.upstream": upstream = words[2]
        case "branch.ab":
            let counts = words[2].split(separator: " ").compactMap { Int($0.dropFirst()) }
            guard counts.count == 2 else { return }
            (ahead, behind) = (counts[0], counts[1])
        default: return
        }
    }

    /// An entry with its two letters: `XY` for index and work tree.
    private mutating func add(_ field: [UInt8], wordsBeforePath: Int, oldPath: GitPath?) {
        guard field.count > 3, let path = Self.path(of: field, after: wordsBeforePath) else { return }
        let index = Character(Unicode.Scalar(field[2]))
        let tree = Character(Unicode.Scalar(field[3]))
        if index != "." { staged.append(Self.change(path, oldPath, index)) }
        if tree != "." { unstaged.append(Self.change(path, oldPath, tree)) }
    }

    private static func change(_ path: GitPath, _ oldPath: GitPath?, _ letter: Character) -> FileChange {
        let state = FileState(letter: letter)
        return FileChange(path: path, oldPath: state == .renamed || state == .copied ? oldPath : nil, state: state)
    }

    /// What follows the given number of words; a path may hold spaces.
    private static func path(of field: [UInt8], after words: Int) -> GitPath? {
        let parts = field.split(separator: UInt8(ascii: " "), maxSplits: words, omittingEmptySubsequences: false)
        guard parts.count == words + 1 else { return nil }
        return GitPath(Array(parts[words]))
    }
}

extension WorkTree {
    /// Looks at index and work tree; nothing is written, and nothing is run in submodules.
    package func status() async throws(GitError) -> WorkTreeStatus {
        let environment = try await git.userEnvironment(for: path)
        return try await WorkTree(git, path: try await root(environment: environment)).status(environment: environment)
    }

    /// The same of the top of a work tree.
    func status(environment: GitEnvironment, findsRenames: Bool = true) async throws(GitError) -> WorkTreeStatus {
        let output = try await git.succeed(
            GitInvocation(
                arguments: [
                    "status", "--porcelain=v2", "--branch", "-z", findsRenames ? "--find-renames" : "--no-renames",
                    // A submodule's own configuration would hold for a git that looked into it.
                    "--untracked-files=normal", "--ignore-submodules=dirty",
                ],
                directory: path,
                environment: environment,
                limit: 16 << 20,
                cutsOutput: true,
                deadline: .seconds(60)
            )
        )
        var fields = output.fields
        if output.isTruncated { fields = fields.dropLast(2) }
        var status = WorkTreeStatus(fields: fields)
        status.isTruncated = output.isTruncated
        return status
    }
}
