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

extension FileDiff {
    /// How many sections of a patch are this file's: one that becomes a link, or the reverse, goes and comes anew.
    fileprivate var sections: Int { change.state == .typechanged ? 2 : 1 }

    /// Reads the NUL-separated fields of `git diff --raw --numstat -z`: all raw records, then all counts, in the same order.
    ///
    /// A raw record is `:modes objects status` and one path, or two for a rename; a count is `added⇥deleted⇥path`, or
    /// without the path and followed by two. Paths are in places the grammar fixes, so no path is taken for a record. A
    /// file in conflict has one record that begins with two colons and no count, or two records and two counts.
    package static func parse(_ fields: [[UInt8]]) -> [FileDiff] {
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

extension [FileDiff] {
    /// Gives each file its part of a patch of them all, within the limits.
    package mutating func attach(_ patches: GitOutput, limits: DiffLimits) {
        var rest = PatchSections.split(patches.bytes, isComplete: !patches.isTruncated)[...]
        var room = limits.total
        for index in indices {
            let own = rest.prefix(self[index].sections)
            rest = rest.dropFirst(own.count)
            guard own.count == self[index].sections else { continue }
            let patch = [UInt8](own.joined())
            guard patch.count <= limits.file, patch.count <= room else { continue }
            room -= patch.count
            self[index].patch = patch
        }
    }
}
