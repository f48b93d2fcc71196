import ArgumentParser

/// The daemon's command line.
@main
struct Octobotd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "octobotd",
        abstract: "Runs coding agents in sandboxes over git workspaces.",
        discussion: """
            Without a subcommand it serves the unix socket and the HTTP gateway until it is stopped. It is configured by \
            environment variables and by $XDG_CONFIG_HOME/octobot/octobotd.env; 'octobotd config' shows them.

            Started by a service manager that hands over its sockets, it leaves after 10 minutes (OCTOBOT_IDLE_EXIT) without \
            a connection, a running sandbox, a job or a turn; the next connection starts it again. It stays when it had to \
            open one of its sockets, the HTTP port for example, by itself.
            """,
        version: Version.current,
        subcommands: [Serve.self, Schema.self, ShowConfiguration.self, KeysCommands.self],
        defaultSubcommand: Serve.self
    )
}
