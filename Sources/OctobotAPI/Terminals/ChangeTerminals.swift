import JSONText
package import OctobotModel

/// Type into a terminal.
package enum WriteTerminal: Operation {
    package static let name = "terminal.input"
    package static let summary = "Type into a terminal"
    package static let description = """
        Answers once the terminal has taken everything. Also accepted as a notification, which is told of failures by \
        `rpc.error`. What is sent on one connection is typed in the order it came.
        """
    package static let access = Access.member
    package static let errors = FaultKind.byHand + [.requestTooLarge]
    package static let concurrency = Concurrency.serial(by: "terminalId")
    package static let isIdempotent = false
    package static let isDurable = false
    package static let acceptsNotification = true
    package static let exampleParams = Params(sessionID: "s1", terminalID: "t1", data: "ls\r")
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var terminalID: TerminalID
        package var data: String
        package var encoding: ContentEncoding?

        package init(
            projectID: ProjectID? = nil,
            sessionID: SessionID,
            terminalID: TerminalID,
            data: String,
            encoding: ContentEncoding? = nil
        ) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.terminalID = terminalID
            self.data = data
            self.encoding = encoding
        }

        private enum CodingKeys: String, CodingKey {
            case data, encoding
            case projectID = "projectId"
            case sessionID = "sessionId"
            case terminalID = "terminalId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .required("terminalId", .identifier, "The terminal."),
            .required("data", .bytes(0...1_400_000), "What is typed, at most 1 MiB of it."),
            .optional(
                "encoding",
                .enumeration(of: ContentEncoding.self).defaulting(to: "utf8"),
                "How `data` stands for bytes."
            )
        )
    }
}

/// Change the size of a terminal.
package enum ResizeTerminal: Operation {
    package static let name = "terminal.resize"
    package static let summary = "Change the size of a terminal"
    package static let description =
        "Its program is told by SIGWINCH. All viewers share one size; the last call counts."
    package static let access = Access.member
    package static let errors = FaultKind.byHand
    package static let concurrency = Concurrency.serial(by: "terminalId")
    package static let isIdempotent = true
    package static let isDurable = false
    package static let exampleParams = Params(sessionID: "s1", terminalID: "t1", rows: 50, cols: 132)
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var terminalID: TerminalID
        package var rows: Int
        package var cols: Int

        package init(
            projectID: ProjectID? = nil,
            sessionID: SessionID,
            terminalID: TerminalID,
            rows: Int,
            cols: Int
        ) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.terminalID = terminalID
            self.rows = rows
            self.cols = cols
        }

        private enum CodingKeys: String, CodingKey {
            case rows, cols
            case projectID = "projectId"
            case sessionID = "sessionId"
            case terminalID = "terminalId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .required("terminalId", .identifier, "The terminal."),
            .required("rows", .terminalSize, "Its height."),
            .required("cols", .terminalSize, "Its width.")
        )
    }
}

/// Close a terminal.
package enum CloseTerminal: Operation {
    package static let name = "terminal.close"
    package static let summary = "Close a terminal"
    package static let description = """
        Its program and everything that runs in it get SIGHUP, and SIGKILL if that does not end them. One that has \
        ended already is no error.
        """
    package static let access = Access.member
    package static let errors = FaultKind.byHand
    package static let concurrency = Concurrency.serial(by: "terminalId")
    package static let isIdempotent = true
    package static let isDurable = true
    package static let exampleParams = Params(sessionID: "s1", terminalID: "t1")
    package static let exampleResult = Empty()

    package typealias Result = Empty

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var terminalID: TerminalID

        package init(projectID: ProjectID? = nil, sessionID: SessionID, terminalID: TerminalID) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.terminalID = terminalID
        }

        private enum CodingKeys: String, CodingKey {
            case projectID = "projectId"
            case sessionID = "sessionId"
            case terminalID = "terminalId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .required("terminalId", .identifier, "The terminal.")
        )
    }
}
