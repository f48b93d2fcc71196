import OctobotAPI

/// Prints a diff as git does.
struct DiffPrinter {
    let console: Console

    func print(_ diff: SessionDiff, namesOnly: Bool) {
        let files = diff.files.filter { $0.status != .unchanged }
        guard !files.isEmpty else { return console.note("No changes.") }
        if namesOnly {
            for file in files { console.line(Self.name(file)) }
            return
        }
        for file in files {
            if let patch = file.patch {
                print(patch)
            } else {
                console.note("\(Self.name(file)): too large to show; 'octoctl diff PATH' shows it alone.", .yellow)
            }
        }
        console.note(Self.summary(files), .dim)
    }

    /// A patch byte for byte, so that `git apply` takes it; coloured and made harmless where a person looks.
    private func print(_ patch: String) {
        guard console.outputIsTerminal else {
            return console.write(patch.hasSuffix("\n") || patch.isEmpty ? patch : patch + "\n")
        }
        var lines = patch.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines { console.line(TerminalText.sanitized(String(line)), Self.style(of: line)) }
    }

    static func style(of line: Substring) -> Style {
        if line.hasPrefix("diff --git ") || line.hasPrefix("+++ ") || line.hasPrefix("--- ") { return .bold }
        return switch line.first {
        case "@": .cyan
        case "+": .green
        case "-": .red
        default: .plain
        }
    }

    private static func name(_ file: SessionDiff.FileDiff) -> String {
        let letter =
            switch file.status {
            case .added: "A"
            case .modified: "M"
            case .deleted: "D"
            case .renamed: "R"
            case .unchanged: " "
            }
        let path = TerminalText.line(file.path)
        guard let old = file.oldPath else { return "\(letter)  \(path)" }
        return "\(letter)  \(TerminalText.line(old)) → \(path)"
    }

    private static func summary(_ files: [SessionDiff.FileDiff]) -> String {
        let additions = files.reduce(0) { $0 + ($1.additions ?? 0) }
        let deletions = files.reduce(0) { $0 + ($1.deletions ?? 0) }
        return "\(files.count) \(files.count == 1 ? "file" : "files") changed, +\(additions) -\(deletions)"
    }
}
