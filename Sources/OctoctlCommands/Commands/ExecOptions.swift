import ArgumentParser

/// Where a program runs, and with what.
struct ExecOptions: ParsableArguments {
    static let abstract = "Run a program in the sandbox of a session."
    static let discussion = """
        What it writes comes as it is written, output on standard output, errors on standard error, and its exit status is \
        this command's: 128 and more for a signal, 124 when its time was over, 127 when there is no such program. No \
        shell looks at the words; 'sh -c' brings one. Standard input is read to its end first and handed over, unless it \
        is a terminal or --no-input says otherwise. Ctrl-C kills the program, and so does the end of the connection.

          octoctl exec -- make test
          octoctl exec SESSION -C src -e CI=1 -- sh -c 'ls *.c | wc -l'
          git diff | octoctl exec SESSION -- git apply

        With --output json the result is printed when the program has ended, with ndjson each notification as it comes.
        """

    @Option(
        name: [.customShort("C"), .customLong("directory")],
        help: ArgumentHelp("Run there, relative to the workspace. (default: the workspace)", valueName: "path")
    )
    var directory: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("Add a variable; may be repeated.", valueName: "name=value"))
    var env: [String] = []

    @Option(help: ArgumentHelp("Kill it after so long, at most 3600 s. (default: 3600)", valueName: "seconds"))
    var timeout: Double?

    @Option(
        help: ArgumentHelp(
            "Keep at most so much of what it writes. (default: all; with json 1 MiB)",
            valueName: "bytes"
        )
    )
    var limit: Int?

    @Flag(name: [.customShort("n"), .customLong("no-input")], help: "Leave standard input alone.")
    var hasNoInput = false

    func validate() throws {
        guard (timeout ?? 1) > 0, (timeout ?? 1) <= 3600 else {
            throw ValidationError("--timeout is up to 3600 seconds.")
        }
        for text in env where text.first == "=" || !text.contains("=") {
            throw ValidationError("'\(text)' is not name=value.")
        }
    }
}

/// The program, and whose sandbox it runs in.
struct ExecProgram: ParsableArguments {
    @Argument(help: "The session's id. (default: the latest of the current folder's workspace)")
    var session: String?

    @Argument(parsing: .postTerminator, help: "After '--': the program and its arguments.")
    var words: [String] = []

    func validate() throws {
        guard !words.isEmpty else {
            throw ValidationError("There is no program; it follows '--', as in 'octoctl exec -- make test'.")
        }
    }
}
