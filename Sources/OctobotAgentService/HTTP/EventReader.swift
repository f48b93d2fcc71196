import SandboxAgentAPI

/// A log that rings for those who read it.
protocol RingingLog: Sendable {
    /// Rings one bell.
    func ring(_ key: Int)
    /// Ends a bell's stream.
    func remove(_ key: Int)
}

/// A log for one reader as the bytes of events: what is there, then what comes, then `[DONE]`.
///
/// Nothing is kept for the reader but its position. Every reader is closed after use.
final class EventReader: RecordSource {
    /// What a reader at a position gets next.
    struct Page {
        /// Events; empty when there is nothing new.
        var bytes: [UInt8]
        /// The position after them.
        var next: Int
        /// Whether there will be no more.
        var isLast: Bool
    }

    private let log: any RingingLog
    private let page: (Int) throws -> Page?
    private let heartbeat: Duration
    private let key: Int
    private var rings: AsyncStream<Void>.AsyncIterator
    private let beat: Task<Void, any Error>
    private var position: Int
    private var isDone = false
    private var lastEvent = ContinuousClock.now

    /// - Parameters:
    ///   - bell: rings when there is more.
    ///   - heartbeat: how long a stream is quiet before it shows that it lives.
    ///   - page: `nil` when what is read has been forgotten.
    init(
        _ log: any RingingLog,
        _ bell: (rings: AsyncStream<Void>, key: Int),
        from position: Int,
        heartbeat: Duration = .seconds(15),
        page: @escaping (Int) throws -> Page?
    ) {
        self.log = log
        self.page = page
        self.heartbeat = heartbeat
        self.position = position
        let (rings, key) = bell
        self.rings = rings.makeAsyncIterator()
        self.key = key
        beat = Task {
            while true {
                try await Task.sleep(for: heartbeat)  // ok: the heartbeat itself
                log.ring(key)
            }
        }
    }

    /// The next events or a comment; `nil` after `[DONE]`, or when the log is forgotten or the task cancelled.
    func next() async throws -> [UInt8]? {
        while !isDone {
            guard let page = try page(position) else { return nil }
            position = page.next
            isDone = page.isLast
            var bytes = page.bytes
            if isDone { bytes += ServerSentEvents.end }
            if bytes.isEmpty, lastEvent.duration(to: .now) >= heartbeat { bytes = ServerSentEvents.ping }
            if !bytes.isEmpty {
                lastEvent = .now
                return bytes
            }
            guard await rings.next(isolation: #isolation) != nil, !Task.isCancelled else { return nil }
        }
        return nil
    }

    var stop: @Sendable () -> Void { { [log, key] in log.remove(key) } }

    /// Ends the reader.
    func close() {
        beat.cancel()
        log.remove(key)
    }
}

extension EventReader {
    /// A turn's chunks.
    ///
    /// - Parameter start: the number of the last chunk the reader has.
    convenience init(spool: Spool, turn: String, after start: Int) {
        self.init(spool, spool.bell(for: turn), from: start) { position in
            guard let page = try spool.page(turn, after: position) else { return nil }
            return Page(
                bytes: page.entries.flatMap { ServerSentEvents.event(id: $0.n, data: $0.bytes) },
                next: page.entries.last?.n ?? position,
                isLast: page.isLast
            )
        }
    }

    /// A service's output.
    convenience init(_ log: ServiceLog) {
        self.init(log, log.bell(), from: 0) { position in
            let page = log.page(from: position)
            return Page(
                bytes: page.lines.flatMap { ServerSentEvents.event(data: $0) },
                next: page.next,
                isLast: page.isLast
            )
        }
    }
}
