import JSONText
import SandboxAgentAPI

/// A terminal's output for one viewer, as records: what is kept, then what comes, then the end.
///
/// Nothing is kept for the viewer but its position. Every viewer is closed after use.
final class TerminalViewer: RecordSource {
    private let terminal: Terminal
    private let heartbeat: Duration
    private let key: Int
    private var rings: AsyncStream<Void>.AsyncIterator
    private let beat: Task<Void, any Error>
    private var position: UInt64
    private var isDone = false
    private var lastRecord = ContinuousClock.now

    /// - Parameters:
    ///   - position: at most the end of the output so far.
    ///   - heartbeat: how long the stream is quiet before it shows that it lives.
    init(_ terminal: Terminal, from position: UInt64, heartbeat: Duration = .seconds(15)) {
        self.terminal = terminal
        self.heartbeat = heartbeat
        self.position = position
        let (rings, key) = terminal.join()
        self.rings = rings.makeAsyncIterator()
        self.key = key
        beat = Task {
            while true {
                try await Task.sleep(for: heartbeat)  // ok: the heartbeat itself
                terminal.ring(key)
            }
        }
    }

    /// The bytes of the next record; `nil` after the end, or when the task is cancelled.
    func next() async throws -> [UInt8]? {
        terminal.mark(key, isBusy: false)
        while !isDone {
            if let record = try record() {
                lastRecord = .now
                terminal.mark(key, isBusy: true)
                var bytes: [UInt8] = []
                bytes.reserveCapacity(OutputRecord.headLength + record.payload.count)
                record.append(to: &bytes)
                return bytes
            }
            guard await rings.next(isolation: #isolation) != nil, !Task.isCancelled else { return nil }
        }
        return nil
    }

    private func record() throws -> OutputRecord? {
        switch terminal.page(from: position) {
        case .gap(let oldest):
            position = oldest
            return OutputRecord(.gap, position: oldest)
        case .bytes(let bytes):
            defer { position += UInt64(bytes.count) }
            return OutputRecord(.output, position: position, payload: bytes)
        case .ended(let code):
            isDone = true
            let end = try JSONCoding.encode(TerminalEnd(exitCode: code))
            return OutputRecord(.end, position: position, payload: Array(end))
        case .nothing:
            guard lastRecord.duration(to: .now) >= heartbeat else { return nil }
            return OutputRecord(.quiet, position: position)
        }
    }

    var stop: @Sendable () -> Void { { [terminal, key] in terminal.leave(key) } }

    /// Ends the viewer.
    func close() {
        beat.cancel()
        terminal.leave(key)
    }
}
