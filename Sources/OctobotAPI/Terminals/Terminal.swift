package import OctobotModel

package typealias TerminalID = Identifier<Terminal>

/// A program on a pseudoterminal in the sandbox of a session.
package struct Terminal: Codable, Sendable, Equatable {
    package var id: TerminalID
    package var sessionID: SessionID
    package var rows: Int
    package var cols: Int
    /// What runs in it; empty for a root shell, which the sandbox chooses.
    package var command: [String]
    package var root: Bool
    package var running: Bool
    /// The status the program ended with, 128 plus the number of the signal that killed it.
    package var exitCode: Int?
    /// The first byte of the output that is still kept, counted from 0.
    package var oldest: Int64
    /// How many bytes of output there have been; JSON numbers are exact up to 2⁵³, which no terminal writes.
    package var offset: Int64
    /// Readers of the output at the moment.
    package var viewers: Int
    package var openedAt: Timestamp
    /// Whether it goes on when the daemon ends.
    package var survivesRestart: Bool

    package init(
        id: TerminalID,
        sessionID: SessionID,
        rows: Int,
        cols: Int,
        command: [String],
        root: Bool = false,
        running: Bool,
        exitCode: Int? = nil,
        oldest: Int64,
        offset: Int64,
        viewers: Int,
        openedAt: Timestamp,
        survivesRestart: Bool
    ) {
        self.id = id
        self.sessionID = sessionID
        self.rows = rows
        self.cols = cols
        self.command = command
        self.root = root
        self.running = running
        self.exitCode = exitCode
        self.oldest = oldest
        self.offset = offset
        self.viewers = viewers
        self.openedAt = openedAt
        self.survivesRestart = survivesRestart
    }

    private enum CodingKeys: String, CodingKey {
        case id, rows, cols, command, root, running, exitCode, oldest, offset, viewers, openedAt, survivesRestart
        case sessionID = "sessionId"
    }

    /// How many rows and columns a terminal may have.
    package static let sizes = 1...1000
}

extension Terminal: ComponentDescribing {
    package static let schemaName = "Terminal"
    package static let definition = JSONSchema.record(
        .required("id", .identifier, "The terminal’s id, unique in its session."),
        .required("sessionId", .identifier, "The session whose sandbox it is in."),
        .required("rows", .terminalSize, "Its height."),
        .required("cols", .terminalSize, "Its width."),
        .required(
            "command",
            .array(of: .string),
            "What runs in it; empty for a root shell, which the sandbox chooses."
        ),
        .required("root", .boolean, "Whether it runs as root."),
        .required("running", .boolean, "Whether the program runs."),
        .optional(
            "exitCode",
            .integer(0...255),
            "The status it ended with, 128 plus the number of the signal that killed it."
        ),
        .required("oldest", .count, "The offset of the first byte of output that is still kept."),
        .required("offset", .count, "How many bytes of output there have been."),
        .required("viewers", .count, "Who reads its output at the moment."),
        .required("openedAt", .timestamp, "When it was opened."),
        .required(
            "survivesRestart",
            .boolean,
            "Whether it goes on when the daemon ends; a root shell is held by the daemon and does not."
        )
    )

    /// What the documents show.
    package static let example = Terminal(
        id: "t1",
        sessionID: "s1",
        rows: 24,
        cols: 80,
        command: ["/bin/bash"],
        running: true,
        oldest: 0,
        offset: 128,
        viewers: 1,
        openedAt: Timestamp(milliseconds: 1_700_000_000_000),
        survivesRestart: true
    )
}

extension JSONSchema {
    static let terminalSize = integer(1...1000)
    static let newTerminalID = JSONSchema(.string(StringRules(length: 1...64, pattern: .terminalID)))
}
