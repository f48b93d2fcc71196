import JSONText
package import OctobotModel

/// Run a program in the sandbox of a session.
package enum ExecSession: Operation {
    package static let name = "session.exec"
    package static let summary = "Run a program in the sandbox of a session"
    package static let description = """
        No shell looks at `argv`. Answers when the program has ended, or was killed because `timeoutMs` was over; a \
        status other than 0 is no error. The end of the connection, or cancelling the call, kills it and all it \
        started. Output beyond `outputLimit` is read and dropped. Starts a stopped sandbox.
        """
    package static let access = Access.member
    package static let errors = FaultKind.byHand + [.requestTooLarge]
    package static let isIdempotent = false
    package static let isDurable = false
    package static let exampleParams = CommandParams.example
    package static let exampleResult = CommandResult(exitCode: 0, stdout: "All 42 tests passed\n")

    package typealias Params = CommandParams
    package typealias Result = CommandResult
}

/// A program to run: the params of `session.exec` and `exec.subscribe`.
package struct CommandParams: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
    package var projectID: ProjectID?
    package var sessionID: SessionID
    package var argv: [String]
    package var env: [String: String]?
    package var cwd: String?
    package var stdin: String?
    package var stdinBase64: String?
    package var timeoutMs: Int?
    package var outputLimit: Int?

    package init(
        projectID: ProjectID? = nil,
        sessionID: SessionID,
        argv: [String],
        env: [String: String]? = nil,
        cwd: String? = nil,
        stdin: String? = nil,
        stdinBase64: String? = nil,
        timeoutMs: Int? = nil,
        outputLimit: Int? = nil
    ) {
        self.projectID = projectID
        self.sessionID = sessionID
        self.argv = argv
        self.env = env
        self.cwd = cwd
        self.stdin = stdin
        self.stdinBase64 = stdinBase64
        self.timeoutMs = timeoutMs
        self.outputLimit = outputLimit
    }

    private enum CodingKeys: String, CodingKey {
        case argv, env, cwd, stdin, stdinBase64, timeoutMs, outputLimit
        case projectID = "projectId"
        case sessionID = "sessionId"
    }

    package static let defaultTimeoutMs = 60_000
    /// The reason of a NotFound that is about the program, not the session.
    package static let programNotFound = "command.notFound"
    /// Of `session.exec`.
    package static let defaultOutputLimit = 1 << 20

    package static let schema = JSONSchema.parameters(
        .project,
        .session,
        .required("argv", .array(of: .bytes(0...131_071), count: 1...4096), "The program and its arguments."),
        .optional(
            "env",
            .map(to: .bytes(0...131_071), names: JSONSchema.StringRules(length: 1...256)),
            "Added to the environment a shell in the sandbox has."
        ),
        .optional(
            "cwd",
            .bytes(1...4096),
            "Where it runs, relative to the workspace or absolute; the workspace when absent."
        ),
        .optional("stdin", .string, "What it reads; nothing when absent."),
        .optional("stdinBase64", .string, "The same for bytes that are no text; not together with `stdin`."),
        .optional(
            "timeoutMs",
            .integer(1...3_600_000).defaulting(to: 60_000),
            "When it is killed, in milliseconds."
        ),
        .optional(
            "outputLimit",
            .integer(0...8_388_608),
            "How many bytes of output and errors together are kept; when absent 1 MiB, and all in `exec.subscribe`."
        )
    )

    static let example = CommandParams(sessionID: "s1", argv: ["make", "test"], env: ["CI": "1"], timeoutMs: 600_000)
}
