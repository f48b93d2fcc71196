import AgentClientProtocol
import ArgumentParser
import Glibc
import OctobotClient
import OctobotModel

/// `octoctl acp`.
struct ACP: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acp",
        abstract: "Be an ACP agent for an editor: its prompts go to a sandboxed session.",
        discussion: """
            For editors that speak the Agent Client Protocol (Zed, JetBrains, Neovim and Emacs plug-ins): give them \
            'octoctl acp' as the command of a custom agent. It speaks the protocol on standard input and output, says \
            everything else on standard error, and ends when the editor closes it; nobody types here.

            A new conversation of the editor is a new session of the git repository the editor has open, made when it is \
            missing. The agent works in a sandbox on a clone of its own, so files in the editor change only with 'octoctl \
            commit'. The session is one like any other: 'octoctl chat --session ID', a browser or another editor can \
            join, prompts and answers of all show up in each, and whoever answers the agent's question first has \
            answered it. A turn does not end with the editor; opening the conversation again shows what happened.

              octoctl acp --agent claude-code      a new session for each conversation
              octoctl acp --session ID             every conversation joins this session

            Examples for editors are in contrib/editors.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: ArgumentHelp("Join this session instead of making one.", valueName: "id"))
    var session: String?

    @Option(
        name: [.customShort("w"), .long],
        help: "The workspace of new sessions: its id, a path or a git URL. (default: the editor's folder)",
        completion: .directory
    )
    var workspace: String?

    @Option(help: "The agent of new sessions: its id, or a type, created when missing. (default: the project's)")
    var agent: String?

    @Option(help: "What becomes of a new session's requests for permission.")
    var permissionMode: PermissionMode?

    func validate() throws {
        if session != nil, workspace != nil || agent != nil || permissionMode != nil {
            throw ValidationError("--workspace, --agent and --permission-mode are for new sessions.")
        }
    }

    func run() async throws {
        let options = EditorAgent.Options(
            session: session,
            workspace: workspace,
            agent: agent,
            permissionMode: permissionMode
        )
        // Standard output is kept for messages: what anything else prints goes to standard error.
        let (input, output) = (dup(STDIN_FILENO), dup(STDOUT_FILENO))
        dup2(STDERR_FILENO, STDOUT_FILENO)
        if isatty(input) == 1 {
            Console.standard.note("This is for editors; people use 'octoctl chat'. See 'octoctl acp --help'.", .yellow)
        }
        // An editor learns from its first call what is wrong with the daemon.
        try await global.connected(dialsFirst: false) { connected in
            let link = PipeLink(input: input, output: output) { line in
                let text = String(decoding: line.prefix(200), as: UTF8.self)
                connected.console.note("Not a message: \(TerminalText.line(text))", .dim)
            }
            let agent = EditorAgent(connected, options, over: link)
            await agent.run { await link.run(agent) }
        }
    }
}
