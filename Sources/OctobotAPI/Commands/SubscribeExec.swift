package import OctobotModel

/// Run a program in the sandbox of a session and read what it writes.
package enum SubscribeExec: StreamOperation {
    package static let name = "exec.subscribe"
    package static let summary = "Run a program and read what it writes"
    package static let description = """
        Like `session.exec`, but what the program writes comes as it is written, in notifications of type `bytes`; no \
        UTF-8 character is split between two of a channel. Without `outputLimit` nothing is dropped: a program whose \
        output is not read waits. When it has ended the last notification is `end` with reason `exited` and how it \
        ended. To unsubscribe, or to close the connection, kills it; there is no resuming.
        """
    package static let access = Access.member
    package static let errors = FaultKind.byHand + [.requestTooLarge, .tooManySubscriptions]
    package static let isIdempotent = false
    package static let isDurable = false
    package static let notification = "exec"
    package static let exampleParams = CommandParams.example
    package static let exampleResult = Subscribed(subscription: "s1", cursor: "exec.s1:0", head: "exec.s1:0")
    package static let exampleItem = CommandBytes(
        channel: .stdout,
        offset: 0,
        data: "All 42 tests passed\n",
        encoding: .utf8
    )

    package typealias Params = CommandParams
    package typealias Item = CommandBytes
}

/// Where a program wrote something.
package enum OutputChannel: String, Sendable, Codable, CaseIterable {
    case stdout, stderr
}

/// A piece of what a program wrote: the members of a notification of type `bytes`.
package struct CommandBytes: Codable, Sendable, Equatable {
    package var channel: OutputChannel
    /// Of the first byte, counted from 0 on each channel.
    package var offset: Int64
    package var data: String
    package var encoding: ContentEncoding

    package init(channel: OutputChannel, offset: Int64, data: String, encoding: ContentEncoding) {
        self.channel = channel
        self.offset = offset
        self.data = data
        self.encoding = encoding
    }
}

extension CommandBytes: ComponentDescribing {
    package static let schemaName = "CommandBytes"
    package static let definition = JSONSchema.record(
        .required("channel", .enumeration(of: OutputChannel.self), "Where it was written."),
        .required("offset", .count, "Of the first byte, counted from 0 on each channel."),
        .required("data", .string, "The bytes."),
        .required("encoding", .enumeration(of: ContentEncoding.self), "How `data` stands for bytes."),
        description: "A piece of what a program wrote."
    )
}

/// How a program ended: members of the notification of type `end`.
package struct ProgramEnd: Codable, Sendable, Equatable {
    /// Absent when a signal ended it.
    package var exitCode: Int?
    /// The number of the signal that ended it.
    package var signal: Int?
    /// Whether it was killed because its time was over; absent for terminals, which have no limit.
    package var timedOut: Bool?
    /// Whether output was dropped; absent for terminals, whose viewers are told of gaps.
    package var truncated: Bool?

    package init(exitCode: Int? = nil, signal: Int? = nil, timedOut: Bool? = nil, truncated: Bool? = nil) {
        self.exitCode = exitCode
        self.signal = signal
        self.timedOut = timedOut
        self.truncated = truncated
    }
}
