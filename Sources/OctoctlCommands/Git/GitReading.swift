import ArgumentParser
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl git status`.
struct GitStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what is staged, changed and not tracked."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var git: GitOptions

    func run() async throws {
        try await global.connected { connected in
            let params = WorkspaceTarget(projectID: connected.project, workspaceID: try await git.target(connected))
            try await connected.show(ReadGitStatus.self, params)
        }
    }
}

extension GitStatus: Describable {
    var fields: [Field] {
        func row(_ name: String, _ file: File) -> Field? {
            let old = file.oldPath.isEmpty ? "" : "\(TerminalText.line(file.oldPath)) → "
            return Field(name, "\(file.status.rawValue)  \(old)\(TerminalText.line(file.path))")
        }
        let distance = upstream.isEmpty ? nil : "\(upstream), \(ahead) ahead, \(behind) behind"
        let head = [
            Field("branch", branch == "HEAD" ? "(detached)" : branch), Field("commit", commitShort),
            Field("upstream", distance), Field("conflicts", hasConflicts ? "yes" : nil),
            Field("state", isClean ? "clean" : nil),
        ]
        let files =
            staged.map { row("staged", $0) } + unstaged.map { row("changed", $0) }
            + untracked.map { Field("untracked", TerminalText.line($0)) }
        return (head + files + [Field("more", isTruncated ? "there is more than is shown" : nil)]).compactMap { $0 }
    }
}

/// `octoctl git diff`.
struct GitDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two states.",
        discussion: """
              octoctl git diff                         the work tree with what is staged
              octoctl git diff --staged                what is staged with HEAD
              octoctl git diff --base main             the work tree with a commit
              octoctl git diff --base v1 --head main   two commits
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var git: GitOptions

    @Flag(help: "Compare what is staged with HEAD.")
    var staged = false

    @Option(help: "The older state: a branch, tag or commit.")
    var base: String?

    @Option(help: "The newer state; needs --base.")
    var head: String?

    @Flag(help: "Print names only.")
    var nameOnly = false

    @Argument(help: "Only these files and folders.")
    var paths: [String] = []

    func validate() throws {
        guard head == nil || base != nil else { throw ValidationError("--head needs --base.") }
        guard !staged || base == nil else { throw ValidationError("Give either --staged or --base.") }
    }

    func run() async throws {
        try await global.connected { connected in
            let params = DiffGit.Params(
                projectID: connected.project,
                workspaceID: try await git.target(connected),
                staged: staged ? true : nil,
                base: base,
                head: head,
                paths: paths.isEmpty ? nil : paths
            )
            guard connected.format == .table else {
                try await connected.show(DiffGit.self, params)
                return
            }
            let diff = try await connected.client.call(DiffGit.self, params)
            DiffPrinter(console: connected.console).print(SessionDiff(diff), namesOnly: nameOnly)
        }
    }
}

extension GitDiff: Describable {
    var fields: [Field] { diffs.compactMap { Field($0.status.rawValue, $0.path) } }
}

extension SessionDiff {
    /// The same files, for what prints a session's diff.
    fileprivate init(_ diff: GitDiff) {
        let files = diff.diffs.map { file in
            FileDiff(
                path: file.path,
                oldPath: file.oldPath == file.path ? nil : file.oldPath,
                status: FileDiff.Status(rawValue: file.status.rawValue) ?? .modified,
                additions: file.additions,
                deletions: file.deletions,
                binary: file.binary,
                patch: file.isTruncated ? nil : file.patch
            )
        }
        self.init(
            files: files,
            stats: Statistics(
                filesChanged: files.count,
                additions: diff.diffs.reduce(0) { $0 + $1.additions },
                deletions: diff.diffs.reduce(0) { $0 + $1.deletions }
            )
        )
    }
}
