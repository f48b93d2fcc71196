/// `POST /terminals`: a shell on a pseudoterminal of its own; repeating it for the same id changes nothing.
package struct OpenTerminal: Sendable, Codable, Equatable {
    /// Chosen by octobotd; 1 to 64 letters, digits and hyphens.
    package var id: String
    /// 1 to 1000.
    package var rows: Int
    /// 1 to 1000.
    package var columns: Int
    /// Program and arguments; the user's login shell when absent.
    package var command: [String]?
    /// Relative to the workspace or absolute; the workspace when absent.
    package var directory: String?
    /// Added to the environment shells get.
    package var environment: [String: String]?
    /// How long it lives without a reader of its output.
    package var idleSeconds: Int

    package init(
        id: String,
        rows: Int,
        columns: Int,
        command: [String]? = nil,
        directory: String? = nil,
        environment: [String: String]? = nil,
        idleSeconds: Int = 600
    ) {
        self.id = id
        self.rows = rows
        self.columns = columns
        self.command = command
        self.directory = directory
        self.environment = environment
        self.idleSeconds = idleSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case id, rows, command, directory, environment, idleSeconds
        case columns = "cols"
    }
}

/// One terminal: the answer of `POST /terminals`, and an entry of `GET /terminals`.
package struct TerminalState: Sendable, Codable, Equatable {
    package var id: String
    package var rows: Int
    package var columns: Int
    /// What runs in it.
    package var command: [String]
    package var isRunning: Bool
    /// The status the program ended with, 128 plus the number of the signal that killed it.
    package var exitCode: Int?
    /// The first byte of the output that is still kept, counted from 0.
    package var oldest: UInt64
    /// How many bytes of output there have been.
    package var end: UInt64
    /// Readers of the output at the moment.
    package var viewers: Int
    /// Milliseconds since 1970.
    package var openedAt: Int64

    package init(
        id: String,
        rows: Int,
        columns: Int,
        command: [String],
        isRunning: Bool,
        exitCode: Int? = nil,
        oldest: UInt64,
        end: UInt64,
        viewers: Int,
        openedAt: Int64
    ) {
        self.id = id
        self.rows = rows
        self.columns = columns
        self.command = command
        self.isRunning = isRunning
        self.exitCode = exitCode
        self.oldest = oldest
        self.end = end
        self.viewers = viewers
        self.openedAt = openedAt
    }

    private enum CodingKeys: String, CodingKey {
        case id, rows, command, isRunning, exitCode, oldest, end, viewers, openedAt
        case columns = "cols"
    }
}

/// `GET /terminals`, those that ended less than a minute ago included, in the order they were opened.
package struct TerminalList: Sendable, Codable, Equatable {
    package var terminals: [TerminalState]
    package init(terminals: [TerminalState]) { self.terminals = terminals }
}

/// `POST /terminals/{id}/size`.
package struct ResizeTerminal: Sendable, Codable, Equatable {
    /// 1 to 1000.
    package var rows: Int
    /// 1 to 1000.
    package var columns: Int
    package init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    private enum CodingKeys: String, CodingKey {
        case rows
        case columns = "cols"
    }
}

/// How a terminal's program ended: the JSON of the last record of `GET /terminals/{id}/output`.
package struct TerminalEnd: Sendable, Codable, Equatable {
    /// 128 plus the number of the signal that killed it.
    package var exitCode: Int
    package init(exitCode: Int) { self.exitCode = exitCode }
}
