import HTTPTypes
import JSONText
package import OctobotModel

/// Open a terminal in the sandbox of a session.
package enum OpenTerminal: Operation {
    package static let name = "terminal.open"
    package static let summary = "Open a terminal in the sandbox of a session"
    package static let description = """
        Starts a stopped sandbox. Without `command` it is the user's login shell. It lives until its program ends, it \
        is closed, or nobody has read its output for 10 minutes, and goes on when the daemon ends; its last 4 MiB of \
        output are kept. With `root` the shell runs as root, where the sandbox has one; the daemon itself holds such a \
        shell, so it ends with the daemon, and takes neither `command` nor `cwd` nor `env`. Repeating a call with the \
        same `id` changes nothing. The WebSocket opens a shell of its own, which ends with it.
        """
    package static let access = Access.member
    package static let http: [HTTPBinding] = [
        HTTPBinding(
            .get,
            "/api/projects/{projectId}/sessions/{sessionId}/terminal/ws",
            success: 101,
            query: [.custom("rows"), .custom("cols"), .custom("root")],
            shape: .custom
        )
    ]
    package static let errors = FaultKind.byHand + [.rateLimited]
    package static let concurrency = Concurrency.serial(by: "sessionId")
    package static let isIdempotent = false
    package static let isDurable = false
    package static let exampleParams = Params(sessionID: "s1", id: "t1", rows: 24, cols: 80)
    package static let exampleResult = Terminal.example

    package typealias Result = Terminal

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var id: TerminalID?
        package var rows: Int?
        package var cols: Int?
        package var command: [String]?
        package var cwd: String?
        package var env: [String: String]?
        package var root: Bool?

        package init(
            projectID: ProjectID? = nil,
            sessionID: SessionID,
            id: TerminalID? = nil,
            rows: Int? = nil,
            cols: Int? = nil,
            command: [String]? = nil,
            cwd: String? = nil,
            env: [String: String]? = nil,
            root: Bool? = nil
        ) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.id = id
            self.rows = rows
            self.cols = cols
            self.command = command
            self.cwd = cwd
            self.env = env
            self.root = root
        }

        private enum CodingKeys: String, CodingKey {
            case id, rows, cols, command, cwd, env, root
            case projectID = "projectId"
            case sessionID = "sessionId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .optional("id", .newTerminalID, "The terminal’s id; a new one when absent."),
            .optional("rows", .terminalSize.defaulting(to: 24), "Its height."),
            .optional("cols", .terminalSize.defaulting(to: 80), "Its width."),
            .optional(
                "command",
                .array(of: .bytes(0...131_071), count: 1...4096),
                "Program and arguments; the user's login shell when absent."
            ),
            .optional(
                "cwd",
                .bytes(1...4096),
                "Where it runs, relative to the workspace or absolute; the workspace when absent."
            ),
            .optional(
                "env",
                .map(to: .bytes(0...131_071), names: JSONSchema.StringRules(length: 1...256)),
                "Added to the environment a shell in the sandbox has."
            ),
            .optional("root", .boolean.defaulting(to: false), "As root; such a shell ends with the daemon.")
        )
    }
}
