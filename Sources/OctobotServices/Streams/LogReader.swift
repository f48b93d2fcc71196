package import OctobotAPI
package import OctobotModel

/// One entry of a durable log, encoded once however many read it.
package struct LogEntry: Sendable {
    /// The position to continue after, `<stream>:<position>` (decision 43).
    package var cursor: String
    package var at: Timestamp
    /// The event's type, or the kind of a chat item.
    package var type: String
    /// Chat only: the turn the item belongs to.
    package var turnID: TurnID?
    /// Chat chunks only: the chunk's number in its turn, from 1.
    package var n: Int?
    /// Chat chunks only: the JSON text of the chunk itself.
    package var payload: [UInt8]
    /// The JSON text of `data` as sent on the socket.
    package var data: [UInt8]

    package init(
        cursor: String,
        at: Timestamp,
        type: String,
        turnID: TurnID? = nil,
        n: Int? = nil,
        payload: [UInt8] = [],
        data: [UInt8]
    ) {
        self.cursor = cursor
        self.at = at
        self.type = type
        self.turnID = turnID
        self.n = n
        self.payload = payload
        self.data = data
    }
}

/// A part of the state that a log tells.
package struct LogSnapshot: Sendable {
    /// The JSON texts of the things it holds.
    package var items: [[UInt8]]
    /// Whether another part follows.
    package var more: Bool
    /// Where to read on: after what the snapshot tells with its last part, before everything with the others.
    package var cursor: String

    package init(items: [[UInt8]], more: Bool, cursor: String) {
        self.items = items
        self.more = more
        self.cursor = cursor
    }
}

/// A piece of a stream of bytes.
package struct LogBytes: Sendable, Equatable {
    /// The position to continue after it.
    package var cursor: String
    /// Of the first byte, counted from 0.
    package var offset: UInt64
    package var bytes: [UInt8]
    /// Whether the bytes are UTF-8.
    package var isText: Bool
    /// Where they were written; `nil` for terminals, which have one place.
    package var channel: OutputChannel?

    package init(cursor: String, offset: UInt64, bytes: [UInt8], isText: Bool, channel: OutputChannel? = nil) {
        self.cursor = cursor
        self.offset = offset
        self.bytes = bytes
        self.isText = isText
        self.channel = channel
    }
}

/// What a reader of a log meets.
package enum LogElement: Sendable {
    case entry(LogEntry)
    /// Output of a program; no UTF-8 character is split between two.
    case bytes(LogBytes)
    /// A part of the state that stands for the log's beginning; the log goes on after the last part.
    case snapshot(LogSnapshot)
    /// Retention was faster than the reader: the entries after `from` up to `to` are no longer kept.
    case gap(reason: String, from: String, to: String)
    /// The history asked for is done; what follows is live.
    case synced(cursor: String)
    /// The log ends here; `resume` is the cursor to come back with.
    case end(reason: String, resume: String)
    /// The program whose output this is has ended; the log ends here.
    case exited(ProgramEnd, resume: String)
}

/// A position in a durable log that waits for what comes next.
///
/// Nothing is buffered for a reader: it pulls a page, hands out its entries and waits to be woken, so the slowest reader
/// costs as much as the fastest.
package struct LogReader: Sendable {
    /// The position before the first element.
    package let cursor: String
    /// The newest position when the reader was made.
    package let head: String
    private let pull: @Sendable () async throws -> LogElement?

    package init(cursor: String, head: String, pull: @escaping @Sendable () async throws -> LogElement?) {
        self.cursor = cursor
        self.head = head
        self.pull = pull
    }

    /// The next element, or `nil` once the log has ended.
    ///
    /// - Throws: `CancellationError` when the reading task is cancelled, ``Fault`` when the log cannot be read.
    package func next() async throws -> LogElement? { try await pull() }
}
