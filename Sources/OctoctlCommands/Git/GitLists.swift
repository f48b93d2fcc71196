import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl git log`.
struct GitLog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "log", abstract: "List commits, newest first.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var git: GitOptions

    @Argument(help: "A branch, tag or commit. (default: HEAD)")
    var ref: String?

    @Option(help: "At most this many commits (1 to 500).")
    var limit = 50

    @Option(help: "Go on where a page ended: its nextCursor.")
    var cursor: String?

    func run() async throws {
        try await global.connected { connected in
            let workspace = try await git.target(connected)
            var page = PageOptions()
            page.limit = limit
            page.cursor = cursor
            try await connected.list(ListGitCommits.self, page, nothing: "No commits.") { limit, cursor in
                ListGitCommits.Params(
                    projectID: connected.project,
                    workspaceID: workspace,
                    ref: ref,
                    limit: limit,
                    cursor: cursor
                )
            }
        }
    }
}

extension GitCommit: Tabular {
    static let columns = ["COMMIT", "DATE", "AUTHOR", "MESSAGE"]
    var cells: [String] { [shortSha, authorDate.short, author, message] }
}

/// `octoctl git branches`.
struct GitBranches: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "branches",
        abstract: "List branches, those of remotes last."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var git: GitOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            let workspace = try await git.target(connected)
            try await connected.list(ListGitBranches.self, page, nothing: "No branches.") { limit, cursor in
                GitListParams(projectID: connected.project, workspaceID: workspace, limit: limit, cursor: cursor)
            }
        }
    }
}

extension GitBranch: Tabular {
    static let columns = ["BRANCH", "COMMIT", "UPSTREAM", "CHECKED OUT"]
    var cells: [String] { [name, commit, upstream, isCurrent ? "yes" : ""] }
}

/// `octoctl git files`.
struct GitFiles: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "files", abstract: "List the files of a commit.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var git: GitOptions
    @OptionGroup var page: PageOptions

    @Argument(help: "A branch, tag or commit. (default: HEAD)")
    var ref: String?

    func run() async throws {
        try await global.connected { connected in
            let workspace = try await git.target(connected)
            try await connected.list(ListGitFiles.self, page, nothing: "No files.") { limit, cursor in
                ListGitFiles.Params(
                    projectID: connected.project,
                    workspaceID: workspace,
                    ref: ref,
                    limit: limit,
                    cursor: cursor
                )
            }
        }
    }
}

extension GitFileEntry: Tabular {
    static let columns = ["MODE", "SIZE", "PATH"]
    var cells: [String] { [mode, String(size), path] }
}
