import Foundation
import JSONText
package import OctobotModel

/// Read the output of a terminal.
package enum SubscribeTerminal: StreamOperation {
    package static let name = "terminal.subscribe"
    package static let summary = "Read the output of a terminal"
    package static let description = """
        Notifications of type `bytes`, each with the offset of its first byte; no UTF-8 character is split between two. \
        `start` is the oldest byte kept. What a slow reader misses because it is no longer kept is told by a `gap`. \
        When the program has ended the last notification is `end` with reason `exited` and its `exitCode`. Does not \
        wake a sandbox. To read is to view: a terminal nobody views for 10 minutes is closed.
        """
    package static let access = Access.member
    package static let errors = FaultKind.byHand + [.cursorInvalid, .tooManySubscriptions]
    package static let isIdempotent = true
    package static let isDurable = false
    package static let notification = "terminal"
    package static let exampleParams = Params(sessionID: "s1", terminalID: "t1", from: .start)
    package static let exampleResult = Subscribed(
        subscription: "s1",
        cursor: "terminal.s1.t1:0",
        head: "terminal.s1.t1:128"
    )
    package static let exampleItem = TerminalBytes(offset: 0, data: "$ ", encoding: .utf8)

    package typealias Item = TerminalBytes

    package struct Params: Codable, Sendable, Equatable, SchemaDescribing, ProjectScoped {
        package var projectID: ProjectID?
        package var sessionID: SessionID
        package var terminalID: TerminalID
        package var from: StartPosition?

        package init(
            projectID: ProjectID? = nil,
            sessionID: SessionID,
            terminalID: TerminalID,
            from: StartPosition? = nil
        ) {
            self.projectID = projectID
            self.sessionID = sessionID
            self.terminalID = terminalID
            self.from = from
        }

        private enum CodingKeys: String, CodingKey {
            case from
            case projectID = "projectId"
            case sessionID = "sessionId"
            case terminalID = "terminalId"
        }

        package static let schema = JSONSchema.parameters(
            .project,
            .session,
            .required("terminalId", .identifier, "The terminal."),
            .optional("from", StartPosition.withoutSnapshot.defaulting(to: ["type": "now"]), "Where to start.")
        )
    }
}

/// A piece of a terminal's output: the members of a notification of type `bytes`.
package struct TerminalBytes: Codable, Sendable, Equatable {
    /// Of the first byte, counted from 0 since the terminal was opened.
    package var offset: Int64
    package var data: String
    package var encoding: ContentEncoding

    package init(offset: Int64, data: String, encoding: ContentEncoding) {
        self.offset = offset
        self.data = data
        self.encoding = encoding
    }

    package init(_ bytes: [UInt8], offset: Int64) {
        self.offset = offset
        if let text = String(validating: bytes, as: UTF8.self) {
            (data, encoding) = (text, .utf8)
        } else {
            (data, encoding) = (Data(bytes).base64EncodedString(), .base64)
        }
    }
}

extension TerminalBytes: ComponentDescribing {
    package static let schemaName = "TerminalBytes"
    package static let definition = JSONSchema.record(
        .required("offset", .count, "Of the first byte, counted from 0 since the terminal was opened."),
        .required("data", .string, "The bytes."),
        .required("encoding", .enumeration(of: ContentEncoding.self), "How `data` stands for bytes.")
    )
}
