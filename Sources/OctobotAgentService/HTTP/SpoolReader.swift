import SandboxAgentAPI

/// A turn's chunks for one reader as the bytes of events: what is there, then what comes, then `[DONE]`.
///
/// Nothing is kept for the reader but its position. Every reader is closed after use.
final class SpoolReader: RecordSource {
    private let spool: Spool
    private let turn: String
    private let heartbeat: Duration
    private let key: Int
    private var rings: AsyncStream<Void>.AsyncIterator
    private let beat: Task<Void, any Error>
    private var position: Int
    private var isDone = false
    private var lastEvent = ContinuousClock.now

    /// - Parameters:
    ///   - start: the number of the last chunk the reader has.
    ///   - heartbeat: how long a stream is quiet before it shows that it lives.
    init(spool: Spool, turn: String, after start: Int, heartbeat: Duration = .seconds(15)) {
        self.spool = spool
        self.turn = turn
        self.heartbeat = heartbeat
        position = start
        let (rings, key) = spool.bell(for: turn)
        self.rings = rings.makeAsyncIterator()
        self.key = key
        beat = Task {
            while true {
                try await Task.sleep(for: heartbeat)  // ok: the heartbeat itself
                spool.ring(key)
            }
        }
    }

    /// The next events or a comment; `nil` after `[DONE]`, or when the turn is forgotten or the task cancelled.
    func next() async throws -> [UInt8]? {
        while !isDone {
            guard let page = try spool.page(turn, after: position) else { return nil }
            var bytes: [UInt8] = []
            for entry in page.entries {
                bytes += ServerSentEvents.event(id: entry.n, data: entry.bytes)
                position = entry.n
            }
            isDone = page.isLast
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

    var stop: @Sendable () -> Void { { [spool, key] in spool.remove(key) } }

    /// Ends the reader.
    func close() {
        beat.cancel()
        spool.remove(key)
    }
}
