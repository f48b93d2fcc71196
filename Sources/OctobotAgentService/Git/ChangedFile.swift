import SandboxAgentAPI

/// One file of a diff, as `git diff-index -z --raw --numstat` tells it.
struct ChangedFile: Sendable, Equatable {
    var path: String
    /// The name before a rename.
    var oldPath: String?
    var status: AgentFileDiff.Status
    var additions = 0
    var deletions = 0
    var isBinary = false
    /// A file that became a link, or the reverse, is deleted and added in the patch.
    var changesType = false

    /// Reads the NUL-separated fields: all raw records, then all counts, in the same order.
    ///
    /// A raw record is `:modes objects status` and one path, or two for a rename; a count is `added⇥deleted⇥path`, or
    /// without the path and followed by two. Paths are in places that the grammar fixes, so no path is taken for a
    /// record.
    static func parse(_ fields: [[UInt8]]) -> [ChangedFile] {
        var files: [ChangedFile] = []
        var rest = fields.map { String(decoding: $0, as: UTF8.self) }[...]
        while let head = rest.first, head.hasPrefix(":") {
            rest.removeFirst()
            guard let letter = head.split(separator: " ").last?.first, let first = rest.popFirst() else { return files }
            switch letter {
            case "A": files.append(ChangedFile(path: first, status: .added))
            case "D": files.append(ChangedFile(path: first, status: .deleted))
            case "R", "C":
                guard let second = rest.popFirst() else { return files }
                files.append(ChangedFile(path: second, oldPath: first, status: .renamed))
            default: files.append(ChangedFile(path: first, status: .modified, changesType: letter == "T"))
            }
        }
        for index in files.indices {
            guard let counts = rest.popFirst()?.split(separator: "\t", omittingEmptySubsequences: false),
                counts.count >= 3
            else { return files }
            if counts[2].isEmpty { rest = rest.dropFirst(2) }
            files[index].isBinary = counts[0] == "-"
            files[index].additions = Int(counts[0]) ?? 0
            files[index].deletions = Int(counts[1]) ?? 0
        }
        return files
    }

    /// The form of `format=files`.
    var summary: AgentFileDiff { AgentFileDiff(path: path, oldPath: oldPath, status: status) }

    /// The full form, still without its patch.
    var answer: AgentFileDiff {
        AgentFileDiff(
            path: path,
            oldPath: oldPath,
            status: status,
            additions: additions,
            deletions: deletions,
            binary: isBinary
        )
    }
}
