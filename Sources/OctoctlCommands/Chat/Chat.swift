import ArgumentParser

/// `octoctl chat`: sending a prompt, unless another verb is named.
struct Chat: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell an agent what to do, and watch it work.",
        usage: """
            octoctl chat [-w WORKSPACE | --session ID] [options] PROMPT
            octoctl chat status|cancel|subscribe [SESSION]
            """,
        discussion: """
            Sends the prompt to a new session of the workspace, or with --session to one there is, and shows the turn as it \
            goes: the agent's text on standard output, its tool calls, changes to files and questions on standard error. A \
            PROMPT of '-' is read from standard input.

            What the agent asks is asked here, at the terminal; without one it is printed, and waits until it is answered \
            ('octoctl approvals'), or is decided by --approve or --deny. Ctrl-C cancels the turn, a second Ctrl-C leaves. \
            The turn does not depend on this command: it goes on when the connection or the daemon goes away, and the \
            output continues where it was.

              octoctl chat -w . --agent demo "/write notes/plan.txt forty-two"
              octoctl chat -w https://example.org/engine.git "Make the tests pass"
              octoctl chat --session ID "Now the documentation, please"
              git log -5 | octoctl chat -w . -
              octoctl chat -w . --approve --output ndjson "Tidy up" > items.ndjson

            Exit status: 0 completed, 1 failed, 130 cancelled, 5 unknown. With --output ndjson the items of the chat log \
            are printed, one a line; with json one object at the end.
            """,
        subcommands: [ChatSend.self, ChatStatusCommand.self, ChatCancel.self, ChatSubscribe.self],
        defaultSubcommand: ChatSend.self
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ChatOptions
}
