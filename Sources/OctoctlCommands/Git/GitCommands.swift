import ArgumentParser
import OctobotAPI
import OctobotModel

/// `octoctl git`.
struct GitCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "git",
        abstract: "Look at and change the working copy of a workspace.",
        discussion: """
            The working copy is your own folder, or the daemon's clone of a URL; what an agent does in its sandbox is not \
            seen here before 'octoctl commit'. Hooks do not run, and what is not committed is never overwritten.
            """,
        subcommands: [
            GitStatusCommand.self, GitDiffCommand.self, GitLog.self, GitBranches.self, GitFiles.self, GitRead.self,
            GitWrite.self, GitFetch.self, GitCheckout.self, GitStage.self, GitCommitCommand.self,
        ]
    )
}

/// Which working copy is meant.
struct GitOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The workspace: its id, path or URL.", completion: .directory)
    var workspace = "."

    func target(_ connected: Connected) async throws -> WorkspaceID { try await connected.workspaceID(workspace) }
}
