import ArgumentParser

/// `octoctl workspace`.
struct WorkspaceCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspace",
        abstract: "Repositories that sessions work on.",
        discussion: """
            A workspace is a git repository: a folder of this machine, used in place and never reset or deleted, or a URL, \
            which the daemon clones.
            """,
        subcommands: [
            WorkspaceCreate.self, WorkspaceList.self, WorkspaceGet.self, WorkspaceUpdate.self, WorkspaceDelete.self,
            WorkspaceProviders.self, WorkspaceProvider.self, WorkspaceSuggestions.self,
        ]
    )
}
