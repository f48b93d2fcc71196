/// Which two states of a repository are compared.
package enum DiffRange: Sendable, Equatable {
    /// The work tree with the index.
    case unstaged
    /// The index with HEAD.
    case staged
    /// The work tree with a commit.
    case workTree(since: String)
    /// Two commits.
    case commits(from: String, to: String)
}

/// One file of a diff.
package struct FileDiff: Sendable, Equatable {
    package var change: FileChange
    package var isBinary: Bool
    /// Lines; 0 for binary files.
    package var additions: Int
    /// Lines; 0 for binary files.
    package var deletions: Int
    /// The unified patch with its header; `nil` where it was too large to be carried.
    package var patch: [UInt8]?
}

/// How much of a diff is read; counts are always complete.
package struct DiffLimits: Sendable {
    /// The patch of one file, in bytes; a larger one is left out.
    package var file: Int
    /// All patches together, in bytes; from there on they are left out.
    package var total: Int

    package init(file: Int = 1 << 20, total: Int = 8 << 20) {
        self.file = file
        self.total = total
    }
}

extension WorkTree {
    /// Compares two states, renames found, in git's order.
    ///
    /// - Parameter paths: Only these files and what lies in these folders; everything when empty.
    /// - Throws: ``GitError/unknownCommit(_:)``.
    package func diff(
        _ range: DiffRange,
        paths: [GitPath] = [],
        limits: DiffLimits = DiffLimits()
    ) async throws(GitError) -> [FileDiff] {
        let environment = try await git.userEnvironment(for: path).adding(["GIT_LITERAL_PATHSPECS": "1"])
        let root = try await root(environment: environment)
        var operands: [String] = []
        switch range {
        case .unstaged: break
        case .staged: operands = ["--cached"]
        case .workTree(let base): operands = [try await git.commit(base, in: root, environment: environment)]
        case .commits(let base, let head):
            operands = [
                try await git.commit(base, in: root, environment: environment),
                try await git.commit(head, in: root, environment: environment),
            ]
        }
        var names: [String] = []
        for path in paths {
            // A name that is no text cannot be handed to a process as one.
            guard path.isText, !path.bytes.isEmpty, !path.bytes.contains(0) else {
                throw .pathRefused("'\(path.text)' cannot be asked for by name.")
            }
            names.append(path.text)
        }
        func invocation(_ kind: [String], limit: Int, cutsOutput: Bool) -> GitInvocation {
            GitInvocation(
                arguments: ["diff"] + kind + Self.diffOptions + operands + ["--"] + names,
                directory: root,
                environment: environment,
                limit: limit,
                cutsOutput: cutsOutput,
                deadline: .seconds(60)
            )
        }
        let list = try await git.succeed(
            invocation(["-z", "--raw", "--numstat"], limit: 32 << 20, cutsOutput: false)
        )
        var files = FileDiff.parse(list.fields)
        guard !files.isEmpty else { return [] }
        let patches = try await git.succeed(invocation(["--patch"], limit: limits.total * 4, cutsOutput: true))
        var rest = PatchSections.split(patches.bytes, isComplete: !patches.isTruncated)[...]
        var room = limits.total
        for index in files.indices {
            let own = rest.prefix(files[index].sections)
            rest = rest.dropFirst(own.count)
            guard own.count == files[index].sections else { continue }
            let patch = Array(own.joined())
            guard patch.count <= limits.file, patch.count <= room else { continue }
            room -= patch.count
            files[index].patch = patch
        }
        return files
    }

    /// Everything a repository's configuration could say otherwise is said here; no program of its choice runs.
    private static let diffOptions = [
        "--no-ext-diff", "--no-textconv", "--no-color", "--no-color-moved", "--no-relative", "--find-renames",
        "--unified=3", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules=dirty",
        "--submodule=short", "--no-abbrev", "-O/dev/null",
    ]
}

extension FileDiff {
    /// How many sections of a patch are this file's: one that becomes a link, or the reverse, goes and comes anew.
    fileprivate var sections: Int { change.state == .typechanged ? 2 : 1 }

    /// Reads the NUL-separated fields of `--raw --numstat -z`: all raw records, then all counts, in the same order.
    ///
    /// A raw record is `:modes objects status` and one path, or two for a rename; a count is `added⇥deleted⇥path`, or
    /// without the path and followed by two. Paths are in places the grammar fixes, so no path is taken for a record. A
    /// file in conflict has one record that begins with two colons and no count, or two records and two counts.
    static func parse(_ fields: [[UInt8]]) -> [FileDiff] {
        var files: [FileDiff] = []
        /// For each record the file it is about.
        var owners: [Int] = []
        var rest = fields[...]
        while let head = rest.first, head.first == UInt8(ascii: ":") {
            rest.removeFirst()
            let words = String(decoding: head, as: UTF8.self).split(separator: " ")
            guard let letter = words.last?.first, let first = rest.popFirst() else { return files }
            let isCombined = head.starts(with: "::".utf8)
            var change = FileChange(path: GitPath(first), state: isCombined ? .unmerged : FileState(letter: letter))
            if change.state == .renamed || change.state == .copied {
                guard let second = rest.popFirst() else { return files }
                change.oldPath = change.path
                change.path = GitPath(second)
            }
            if let last = files.last, last.change.path == change.path {
                files[files.count - 1].change.state = .unmerged
            } else {
                files.append(FileDiff(change: change, isBinary: false, additions: 0, deletions: 0, patch: nil))
            }
            if !isCombined { owners.append(files.count - 1) }
        }
        for owner in owners {
            guard let field = rest.popFirst() else { return files }
            let counts = field.split(separator: UInt8(ascii: "\t"), maxSplits: 2, omittingEmptySubsequences: false)
            guard counts.count == 3 else { return files }
            if counts[2].isEmpty { rest = rest.dropFirst(2) }
            files[owner].isBinary = counts[0].elementsEqual([UInt8(ascii: "-")])
            files[owner].additions += Int(String(decoding: counts[0], as: UTF8.self)) ?? 0
            files[owner].deletions += Int(String(decoding: counts[1], as: UTF8.self)) ?? 0
        }
        return files
    }
}
