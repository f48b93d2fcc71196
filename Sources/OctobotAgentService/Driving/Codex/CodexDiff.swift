import JSONText

/// A change of one file as an ACP diff.
///
/// The app server gives a new or a deleted file whole, and a changed one as hunks of a unified diff: what is left out of
/// those is left out of both sides here.
enum CodexDiff {
    /// The diff of one `FileUpdateChange`; `nil` for one without a path.
    static func content(_ change: JSONValue) -> JSONValue? {
        guard let path = change["path"]?.stringValue else { return Optional.none }
        let text = change["diff"]?.stringValue ?? ""
        let target = change["kind"]?["move_path"]?.stringValue ?? path
        var members: [String: JSONValue] = ["type": "diff", "path": .string(target)]
        switch change["kind"]?["type"]?.stringValue {
        case "add":
            members["newText"] = .string(text)
        case "delete":
            members["oldText"] = .string(text)
            members["newText"] = ""
        default:
            let sides = sides(of: text)
            members["oldText"] = .string(sides.old)
            members["newText"] = .string(sides.new)
        }
        return .object(members)
    }

    /// The lines before and after, of all hunks.
    static func sides(of diff: String) -> (old: String, new: String) {
        var old = ""
        var new = ""
        var isInHunk = false
        for line in diff.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("@@") {
                isInHunk = true
                continue
            }
            guard isInHunk, let mark = line.first else { continue }
            let text = line.dropFirst() + "\n"
            switch mark {
            case " ":
                old += text
                new += text
            case "-": old += text
            case "+": new += text
            default: continue
            }
        }
        return (old, new)
    }
}
