/// What changed in a file, as few lines for people; no patch.
struct LineDifference {
    let additions: Int
    let deletions: Int
    /// The lines that changed, each with `+` or `-` before it, in the order of the file; empty for large files.
    let lines: [String]

    /// Where comparing line by line takes too long.
    private static let limit = 2_000

    init(old: String?, new: String) {
        let before = Self.lines(of: old ?? "")
        let after = Self.lines(of: new)
        guard before.count + after.count <= Self.limit else {
            additions = after.count
            deletions = before.count
            lines = []
            return
        }
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        additions = inserted.count
        deletions = removed.count
        lines = Self.merged(before, removed, after, inserted)
    }

    private static func lines(of text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func merged(
        _ before: [Substring],
        _ removed: Set<Int>,
        _ after: [Substring],
        _ inserted: Set<Int>
    ) -> [String] {
        var lines: [String] = []
        var old = 0
        var new = 0
        while old < before.count || new < after.count {
            if removed.contains(old), old < before.count {
                lines.append("-" + before[old])
                old += 1
            } else if inserted.contains(new), new < after.count {
                lines.append("+" + after[new])
                new += 1
            } else {
                old += 1
                new += 1
            }
        }
        return lines
    }
}
