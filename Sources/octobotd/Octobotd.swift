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
            """,
        version: Version.current,
        subcommands: [Serve.self, Schema.self, ShowConfiguration.self],
        defaultSubcommand: Serve.self
    )
}
