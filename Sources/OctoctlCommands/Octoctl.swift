import ArgumentParser

/// The command line: nouns with the verbs of their operations, and short names for what people do most.
struct Octoctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "octoctl",
        abstract: "Drives coding agents that work in sandboxes on git repositories.",
        discussion: """
            Point it at a repository, say what you want, watch the agent work in a sandbox, answer what it asks, look at \
            the diff, bring the commits back:

              octoctl doctor
              octoctl chat -w . --agent demo "/write notes/plan.txt forty-two"
              octoctl diff
              octoctl commit

            Every operation of the daemon is a command, 'octoctl NOUN VERB', and 'octoctl call' reaches them all. \
            Results go to standard output, everything else to standard error. When nothing listens on the socket the \
            daemon is started.

            Exit status: 0 success, 1 the work failed, 3 not found, 4 conflict, 5 timed out or unknown, 64 wrong usage, \
            69 daemon or a needed part not available, 70 internal error, 75 try again later, 77 not allowed, \
            130 cancelled.
            """,
        version: ProgramVersion.current,
        groupedSubcommands: [
            CommandGroup(
                name: "Everyday",
                subcommands: [
                    Chat.self, DiffShortcut.self, CommitShortcut.self, Exec.self, TerminalCommands.self, Approvals.self,
                    Jobs.self, Events.self, ACP.self,
                ]
            ),
            CommandGroup(
                name: "Noun",
                subcommands: [
                    WorkspaceCommands.self, GitCommands.self, AgentCommands.self, ModelCommands.self,
                    SessionCommands.self,
                    FileCommands.self, ServiceCommands.self, HookCommands.self, ApprovalCommands.self,
                    UsageCommands.self, JobCommands.self, EventCommands.self,
                    ProjectCommands.self, MemberCommands.self, InvitationCommands.self, CredentialCommands.self,
                    PreferenceCommands.self,
                    CacheCommands.self, SystemCommands.self, AuthCommands.self,
                ]
            ),
            CommandGroup(
                name: "Other",
                subcommands: [
                    Doctor.self, Call.self, ShowSchema.self, ShowSocket.self, ShowConfiguration.self,
                    ShowCompletion.self, ShowVersion.self,
                ]
            ),
        ]
    )

    @OptionGroup var global: GlobalOptions
}
