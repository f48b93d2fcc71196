import SandboxAgentAPI

/// A service's output for one reader as the bytes of events: what is there, then what comes, then `[DONE]`.
final class ServiceOutput: RecordSource {
    private let log: ServiceLog
    private let heartbeat: Duration
    private let key: Int
    private var rings: AsyncStream<Void>.AsyncIterator
    private let beat: Task<Void, any Error>
    private var position = 0
    private var isDone = false
    private var lastEvent = ContinuousClock.now

    /// - Parameter heartbeat: how long the stream is quiet before it shows that it lives.
    init(_ log: ServiceLog, heartbeat: Duration = .seconds(15)) {
        self.log = log
        self.heartbeat = heartbeat
        let (rings, key) = log.bell()
        self.rings = rings.makeAsyncIterator()
        self.key = key
        beat = Task {
            while true {
                try await Task.sleep(for: heartbeat)  // ok: the heartbeat itself
                log.ring(key)
            }
        }
    }

    func next() async throws -> [UInt8]? {
        while !isDone {
            let page = log.page(from: position)
            position = page.next
            isDone = page.isLast
            var bytes = page.lines.flatMap { ServerSentEvents.event(data: $0) }
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

    func close() {
        beat.cancel()
        log.remove(key)
    }
}
