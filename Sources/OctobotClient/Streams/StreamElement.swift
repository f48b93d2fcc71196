package import OctobotAPI
package import OctobotModel

/// What a subscription meets.
package enum StreamElement<Item: Sendable>: Sendable {
    /// Reading begins, for the first time or after a new connection.
    case started(Subscribed)
    /// An entry of the log; `json` is its text as the daemon wrote it.
    case item(Item, cursor: String, at: Timestamp, json: [UInt8])
    /// Output of a terminal; `offset` is that of the first byte.
    case bytes([UInt8], offset: Int64)
    /// A part of the state that stands for the log's beginning, as JSON texts; the log goes on after the last part.
    case snapshot(items: [[UInt8]], more: Bool)
    /// The history asked for is done; what follows is live. After a new connection it comes once more.
    case synced(cursor: String)
    /// Nothing has happened for a while.
    case bookmark(cursor: String)
    /// Entries between these two cursors are no longer kept.
    case gap(reason: String, from: String, to: String)
    /// The log is over; nothing follows.
    case end(reason: String, resume: String?)
    /// The program whose output this is has ended; nothing follows.
    case exited(code: Int)
    /// The connection was lost; reading goes on where it was as soon as there is another.
    case reconnecting(ClientError)
}
