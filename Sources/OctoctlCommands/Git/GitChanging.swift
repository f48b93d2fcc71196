import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl git fetch`.
struct GitFetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Bring what the working copy knows of its remotes up to date."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var git: GitOptions

    func run() async throws {
        try await global.connected { connected in
            let params = WorkspaceTarget(projectID: connected.project, workspaceID: try await git.target(connected))
            try await connected.perform(FetchGit.self, params, done: "Fetched.")
        }
    }
}

/// `octoctl git checkout`.
struct GitCheckout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkout",
        abstract: "Check a branch, tag or commit out.",
        discussion: "Refused where changes that are not committed, or files that are not tracked, would be overwritten."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var git: GitOptions

    @Argument(help: "A branch, tag or commit; a branch only one remote has becomes one here.")
    var ref: String

    func run() async throws {
        try await global.connected { connected in
            let workspace = try await git.target(connected)
            try await connected.perform(
                CheckOutGit.self,
                CheckOutGit.Params(projectID: connected.project, workspaceID: workspace, ref: ref),
                done: "Checked out \(TerminalText.line(ref))."
            )
        }
    }
}

/// `octoctl git stage`.
struct GitStage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stage",
        abstract: "Stage files as they are now, deletions too."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var git: GitOptions

    @Argument(help: "Files and folders, relative to the repository. (default: everything)")
    var paths: [String] = []

    func run() async throws {
        try await global.connected { connected in
            let workspace = try await git.target(connected)
            try await connected.perform(
                StageGit.self,
                StageGit.Params(
                    projectID: connected.project,
                    workspaceID: workspace,
                    paths: paths.isEmpty ? nil : paths
                ),
                done: "Staged."
            )
        }
    }
}

/// `octoctl git commit`.
struct GitCommitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit",
        abstract: "Commit what is staged in the working copy.",
        discussion: "To bring a session's work back, use 'octoctl commit'. Hooks and signing do not run."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var git: GitOptions

    @Option(name: .shortAndLong, help: "The message.")
    var message: String

    @Option(help: "The author's name instead of yours; needs --author-email.")
    var authorName: String?

    @Option(help: "The author's address instead of yours; needs --author-name.")
    var authorEmail: String?

    func validate() throws {
        guard (authorName == nil) == (authorEmail == nil) else {
            throw ValidationError("Give both --author-name and --author-email, or neither.")
        }
    }

    func run() async throws {
        try await global.connected { connected in
            let params = CommitGit.Params(
                projectID: connected.project,
                workspaceID: try await git.target(connected),
                message: message,
                authorName: authorName,
                authorEmail: authorEmail
            )
            try await connected.show(CommitGit.self, params)
        }
    }
}

extension GitCommit: Describable {
    var fields: [Field] {
        [
            Field("commit", sha), Field("author", "\(author) <\(authorEmail)>"), Field("date", authorDate.short),
            Field("message", message),
        ].compactMap { $0 }
    }
}
