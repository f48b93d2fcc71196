import ArgumentParser
import Testing

@testable import OctoctlCommands

/// Help is product: what it says is compared whole.
@Suite("help", .timeLimit(.minutes(1)))
struct HelpTests {
    private static func trimmed(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n")
    }

    @Test("of octoctl")
    func root() {
        #expect(Self.trimmed(Octoctl.helpMessage(columns: 80)) == Self.rootHelp)
    }

    @Test("of octoctl chat")
    func chat() {
        #expect(Self.trimmed(Octoctl.helpMessage(for: Chat.self, columns: 80)) == Self.chatHelp)
    }

    @Test("of octoctl exec")
    func exec() {
        #expect(Self.trimmed(Octoctl.helpMessage(for: Exec.self, columns: 80)) == Self.execHelp)
    }

    private static let rootHelp = #"""
        OVERVIEW: Drives coding agents that work in sandboxes on git repositories.

        Point it at a repository, say what you want, watch the agent work in a sandbox,
        answer what it asks, look at the diff, bring the commits back:

          octoctl doctor
          octoctl chat -w . --agent demo "/write notes/plan.txt forty-two"
          octoctl diff
          octoctl commit

        Every operation of the daemon is a command, 'octoctl NOUN VERB', and 'octoctl
        call' reaches them all. Results go to standard output, everything else to
        standard error. When nothing listens on the socket the daemon is started.

        Exit status: 0 success, 1 the work failed, 3 not found, 4 conflict, 5 timed out
        or unknown, 64 wrong usage, 69 daemon or a needed part not available, 70
        internal error, 75 try again later, 77 not allowed, 130 cancelled.

        USAGE: octoctl [--output <output>] [--project <id>] [--socket <path>] [--no-spawn] <subcommand>

        OPTIONS:
          -o, --output <output>   How results are printed: for people, as the JSON
                                  result, or as JSON with one item a line. (values:
                                  table, json, ndjson; default: table)
          --project <id>          The project to work in. (default: local)
          --socket <path>         The daemon's socket. (default: what 'octoctl socket'
                                  prints)
          --no-spawn              Do not start the daemon when nothing listens.
          --version               Show the version.
          -h, --help              Show help information.

        EVERYDAY SUBCOMMANDS:
          chat                    Tell an agent what to do, and watch it work.
          diff                    Show what a session changed.
          commit                  Bring a session's work back as commits in your
                                  repository.
          exec                    Run a program in the sandbox of a session.
          terminal                Work in a shell in the sandbox of a session.
          approvals               List what waits for an answer.
          jobs                    List jobs; the same as 'job list'.
          events                  Print the events of the project.
          acp                     Be an ACP agent for an editor: its prompts go to a
                                  sandboxed session.

        NOUN SUBCOMMANDS:
          workspace               Repositories that sessions work on.
          git                     Look at and change the working copy of a workspace.
          agent                   Coding agents configured in a project.
          model                   Models that agents can be told to use.
          session                 Conversations with an agent, each in its own sandbox
                                  and its own clone.
          file                    Files in the workspaces of sessions.
          service                 Background processes that a session's workspace
                                  declares.
          hook                    Scripts that run when a sandbox starts, after turns,
                                  and before commits.
          approval                What agents ask of people: permissions and questions.
          usage                   What turns used: tokens and money.
          job                     Work the daemon does in the background.
          event                   What changed in the project.
          project                 Projects: the owners of workspaces, agents and
                                  sessions.
          member                  Who belongs to a project.
          invitation              Offers of membership in a project.
          credential              A project's accounts at model providers.
          preference              Your settings, as clients store them.
          cache                   Downloads and build products that a project's
                                  sandboxes share.
          system                  The daemon itself.
          auth                    Who you are to the daemon.

        OTHER SUBCOMMANDS:
          doctor                  Check what is there on this machine, and say what to
                                  do about what is not.
          call                    Call any operation by its name.
          schema                  Print the OpenRPC document of the daemon, or one
                                  operation of it.
          socket                  Print the path of the daemon's socket.
          config                  Show the daemon's settings and where each comes from;
                                  secrets are hidden.
          completion              Print the completion script of a shell.
          version                 Print the versions of octoctl and of the daemon, if
                                  one runs.

          See 'octoctl help <subcommand>' for detailed help.
        """#

    private static let chatHelp = #"""
        OVERVIEW: Tell an agent what to do, and watch it work.

        Sends the prompt to a new session of the workspace, or with --session to one
        there is, and shows the turn as it goes: the agent's text on standard output,
        its tool calls, changes to files and questions on standard error. A PROMPT of
        '-' is read from standard input.

        What the agent asks is asked here, at the terminal; without one it is printed,
        and waits until it is answered ('octoctl approvals'), or is decided by
        --approve or --deny. Ctrl-C cancels the turn, a second Ctrl-C leaves. The turn
        does not depend on this command: it goes on when the connection or the daemon
        goes away, and the output continues where it was.

          octoctl chat -w . --agent demo "/write notes/plan.txt forty-two"
          octoctl chat -w https://example.org/engine.git "Make the tests pass"
          octoctl chat --session ID "Now the documentation, please"
          git log -5 | octoctl chat -w . -
          octoctl chat -w . --approve --output ndjson "Tidy up" > items.ndjson

        Exit status: 0 completed, 1 failed, 130 cancelled, 5 unknown. With --output
        ndjson the items of the chat log are printed, one a line; with json one object
        at the end.

        USAGE: octoctl chat [-w WORKSPACE | --session ID] [options] PROMPT
               octoctl chat status|cancel|subscribe [SESSION]

        OPTIONS:
          -o, --output <output>   How results are printed: for people, as the JSON
                                  result, or as JSON with one item a line. (values:
                                  table, json, ndjson; default: table)
          --project <id>          The project to work in. (default: local)
          --socket <path>         The daemon's socket. (default: what 'octoctl socket'
                                  prints)
          --no-spawn              Do not start the daemon when nothing listens.
          -w, --workspace <workspace>
                                  The workspace of a new session: its id, a path in a
                                  work tree, or a git URL; created when missing.
                                  (default: the current folder's)
          --agent <agent>         The agent of a new session: its id, or a type,
                                  created when missing. (default: the project's)
          --session <id>          Go on with this session; with -w it is created if
                                  there is none.
          --name <name>           The name of a new session. (default: the prompt)
          --permission-mode <permission-mode>
                                  What becomes of a new session's requests for
                                  permission. (values: ask, auto, edits, plan)
          --model <model>         The model, such as anthropic:claude-sonnet-4.
          --reasoning <reasoning> Whether the model should reason. (values: enabled,
                                  disabled)
          --mode <mode>           While another turn runs, wait behind it (what happens
                                  without this) or be refused. (values: queue, reject)
          --approve               Allow what the agent asks permission for.
          --deny                  Refuse what the agent asks permission for, and
                                  decline its questions.
          --version               Show the version.
          -h, --help              Show help information.

        SUBCOMMANDS:
          send (default)          Send a prompt and show its turn.
          status                  Show what a session works on and what waits.
          cancel                  Cancel a turn; those behind it go on.
          subscribe               Print the chat log of a session, without sending
                                  anything.

          See 'octoctl help chat <subcommand>' for detailed help.
        """#

    private static let execHelp = #"""
        OVERVIEW: Run a program in the sandbox of a session.

        What it writes comes as it is written, output on standard output, errors on
        standard error, and its exit status is this command's: 128 and more for a
        signal, 124 when its time was over, 127 when there is no such program. No shell
        looks at the words; 'sh -c' brings one. Standard input is read to its end first
        and handed over, unless it is a terminal or --no-input says otherwise. Ctrl-C
        kills the program, and so does the end of the connection.

          octoctl exec -- make test
          octoctl exec SESSION -C src -e CI=1 -- sh -c 'ls *.c | wc -l'
          git diff | octoctl exec SESSION -- git apply

        With --output json the result is printed when the program has ended, with
        ndjson each notification as it comes.

        USAGE: octoctl exec [SESSION] [options] -- PROGRAM [ARGUMENT ...]

        OPTIONS:
          -o, --output <output>   How results are printed: for people, as the JSON
                                  result, or as JSON with one item a line. (values:
                                  table, json, ndjson; default: table)
          --project <id>          The project to work in. (default: local)
          --socket <path>         The daemon's socket. (default: what 'octoctl socket'
                                  prints)
          --no-spawn              Do not start the daemon when nothing listens.
          -C, --directory <path>  Run there, relative to the workspace. (default: the
                                  workspace)
          -e, --env <name=value>  Add a variable; may be repeated.
          --timeout <seconds>     Kill it after so long, at most 3600 s. (default: 3600)
          --limit <bytes>         Keep at most so much of what it writes. (default:
                                  all; with json 1 MiB)
          -n, --no-input          Leave standard input alone.
          --version               Show the version.
          -h, --help              Show help information.

        SUBCOMMANDS:
          run (default)           Run a program in the sandbox of a session.
          subscribe               Run a program and print the notifications of its
                                  output, one a line.

          See 'octoctl help exec <subcommand>' for detailed help.
        """#
}
