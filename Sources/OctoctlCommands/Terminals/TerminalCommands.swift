import ArgumentParser
import Foundation
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl terminal`: a shell in a session's sandbox, unless another verb is named.
struct TerminalCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminal",
        abstract: TerminalAttach.abstract,
        usage: "octoctl terminal [SESSION] [options] [-- PROGRAM ARGUMENT ...]",
        discussion: TerminalAttach.discussion,
        subcommands: [
            TerminalAttach.self, TerminalOpen.self, TerminalList.self, TerminalInput.self, TerminalResize.self,
            TerminalClose.self, TerminalSubscribe.self, TerminalStatusCommand.self, TerminalHistory.self,
        ],
        defaultSubcommand: TerminalAttach.self
    )

    @OptionGroup var global: GlobalOptions
}

/// `octoctl terminal attach`, which is what `octoctl terminal` means.
struct TerminalAttach: AsyncParsableCommand {
    static let abstract = "Work in a shell in the sandbox of a session."
    static let discussion = """
        Ctrl-] leaves the shell and lets it run; it is closed when nobody has come back for 10 minutes. The exit status \
        is the shell's. A stopped sandbox is started. When standard input is no terminal it is typed as it is read, and \
        its end is Ctrl-D.

        A shell goes on when the daemon ends, and octoctl goes on with it when there is another daemon. A root shell \
        (--root, with the provider 'docker') is held by the daemon and ends with it.

          octoctl terminal
          octoctl terminal SESSION --attach TERMINAL
          octoctl terminal -- vi notes/plan.txt
          echo 'make test; exit' | octoctl terminal SESSION
        """
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: abstract,
        discussion: "See 'octoctl terminal --help'."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session's id. (default: the latest of the current folder's workspace)")
    var session: String?

    @Option(help: ArgumentHelp("Come back to a shell that is open.", valueName: "terminal"))
    var attach: String?

    @OptionGroup var options: TerminalOptions

    func validate() throws {
        guard attach == nil || (!options.root && options.command.isEmpty && options.cwd == nil) else {
            throw ValidationError(
                "--attach comes back to a shell that is what it is: leave out --root, --cwd and a program."
            )
        }
    }

    func run() async throws {
        try await global.connected { connected in
            let session = try await connected.session(session)
            let window = WindowSize.current
            let terminal: Terminal
            if let attach {
                terminal = try await connected.terminal(TerminalID(attach), in: session)
            } else {
                let params = options.params(session, in: connected.project, window)
                terminal = try await connected.persistently {
                    try await connected.client.call(OpenTerminal.self, params)
                }
                connected.console.note(
                    isatty(STDIN_FILENO) == 1
                        ? "Terminal \(terminal.id); Ctrl-] leaves it." : "Terminal \(terminal.id)",
                    .dim
                )
            }
            let attachment = TerminalAttachment(connected: connected, terminal: terminal)
            let status = try await attachment.run(window: attach == nil ? nil : window)
            if status != 0 { throw ExitCode(status) }
        }
    }
}

/// What a terminal is opened with.
struct TerminalOptions: ParsableArguments {
    @Flag(help: "As root, where the sandbox has one; such a shell ends with the daemon.")
    var root = false

    @Option(help: ArgumentHelp("Start there: relative to the workspace, or absolute.", valueName: "folder"))
    var cwd: String?

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("What to run instead of the login shell.", valueName: "program")
    )
    var command: [String] = []

    func params(_ session: SessionID, in project: ProjectID?, _ window: WindowSize) -> OpenTerminal.Params {
        OpenTerminal.Params(
            projectID: project,
            sessionID: session,
            id: .random(),
            rows: window.rows,
            cols: window.columns,
            command: command.isEmpty ? nil : command,
            cwd: cwd,
            env: root ? nil : ProcessInfo.processInfo.environment["TERM"].map { ["TERM": $0] },
            root: root ? true : nil
        )
    }
}
