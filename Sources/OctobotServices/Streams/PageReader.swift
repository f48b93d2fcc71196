import OctobotModel

/// Reads a log page by page from a position and waits at its end: live and replay are one code path.
///
/// Used by one task at a time; an actor because that task may be a different one for each pull.
actor PageReader {
    /// Up to one page of entries after a position, oldest first, and whether the log ended with them.
    struct Page: Sendable {
        var entries: [LogEntry]
        var position: Int64
        /// How far retention has come, where that is beyond the position asked for; the page is empty then.
        var prunedUpTo: Int64?
        /// The reason the log is over, once nothing can follow `entries`.
        var end: String?
    }

    private let listener: Bells.Listener
    private let cursor: @Sendable (Int64) -> String
    private let read: @Sendable (Int64) async throws(Fault) -> Page
    private var position: Int64
    private var pending: ArraySlice<LogEntry> = []
    private var pendingEnd: String?
    private var syncsAt: Int64?
    private var isOver = false

    /// - Parameters:
    ///   - head: Where history ends: the reader says `synced` once it has passed it.
    ///   - read: The page after a position.
    init(
        from position: Int64,
        head: Int64,
        listener: Bells.Listener,
        cursor: @escaping @Sendable (Int64) -> String,
        read: @escaping @Sendable (Int64) async throws(Fault) -> Page
    ) {
        self.position = position
        self.syncsAt = head
        self.listener = listener
        self.cursor = cursor
        self.read = read
    }

    func next() async throws -> LogElement? {
        while true {
            if let entry = pending.popFirst() { return .entry(entry) }
            if isOver { return nil }
            if let reason = pendingEnd {
                isOver = true
                return .end(reason: reason, resume: cursor(position))
            }
            if let head = syncsAt, position >= head {
                syncsAt = nil
                return .synced(cursor: cursor(position))
            }
            let page = try await read(position)
            if let oldest = page.prunedUpTo, oldest > position {
                let last = position
                position = oldest
                return .gap(reason: "retention", from: cursor(last), to: cursor(oldest))
            }
            // A page may hold nothing for this reader and still not be the last.
            let isAtEnd = page.position <= position
            position = max(position, page.position)
            pending = page.entries[...]
            pendingEnd = page.end
            if pending.isEmpty, pendingEnd == nil, isAtEnd {
                if let head = syncsAt, position < head { position = head }
                if syncsAt == nil { try await listener.wait() }
            }
        }
    }
}
