import OctobotModel
import OctobotStore

/// Hands out stored messages part by part, then goes on as the log after them.
///
/// Only the last part carries the cursor after the messages: a reader that has not got it has no position in the log yet
/// and asks for the snapshot again, which begins with the same messages.
///
/// Used by one task at a time; an actor because that task may be a different one for each pull.
actor SnapshotReader {
    /// The most bytes of a part, unless one message has more: a notification stays below 48 KiB (rpc.md §5).
    static let pageSize = 47 << 10

    private let last: Int64
    private let cursors: (during: String, after: String)
    private let log: LogReader
    private let read: @Sendable (Int64) async throws(Fault) -> [StoredMessage]
    /// The message handed out last; `nil` once all were.
    private var position: Int64? = 0

    /// - Parameters:
    ///   - last: The position of the last message; 0 when there is none.
    ///   - log: What follows the messages.
    ///   - read: The messages after a position, as many as fit a part and at least one.
    init(
        upTo last: Int64,
        cursors: (during: String, after: String),
        log: LogReader,
        read: @escaping @Sendable (Int64) async throws(Fault) -> [StoredMessage]
    ) {
        self.last = last
        self.cursors = cursors
        self.log = log
        self.read = read
    }

    func next() async throws -> LogElement? {
        guard let position else { return try await log.next() }
        let messages = position < last ? try await read(position) : []
        let reached = messages.last?.position ?? position
        guard reached > position || last == 0 else {
            // The session was removed meanwhile, and so the log says.
            self.position = nil
            return try await log.next()
        }
        let more = reached < last
        self.position = more ? reached : nil
        return .snapshot(
            LogSnapshot(items: messages.map(\.text), more: more, cursor: more ? cursors.during : cursors.after)
        )
    }
}
