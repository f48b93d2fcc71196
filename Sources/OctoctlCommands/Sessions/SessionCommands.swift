import ArgumentParser

/// `octoctl session`.
struct SessionCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session",
        abstract: "Conversations with an agent, each in its own sandbox and its own clone.",
        discussion: """
            Where SESSION may be left out, the latest session of the current folder's workspace is meant; which one that \
            is, is said on standard error.
            """,
        subcommands: [
            SessionCreate.self, SessionList.self, SessionGet.self, SessionUpdate.self, SessionDelete.self,
            SessionStart.self, SessionStop.self, SessionDiffCommand.self, SessionCommit.self, SessionMessages.self,
            SessionKept.self, SessionRestore.self, SessionExec.self, SessionStatsCommand.self,
            SessionModels.self,
        ]
    )
}
