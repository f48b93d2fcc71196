import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import SandboxAgentAPI

/// Reads a service's output as a log, as fast as its one reader takes it.
actor ServiceReader {
    private var events: AsyncThrowingStream<ServiceEvent, any Error>.AsyncIterator
    private let cursor: @Sendable (Int64) -> String
    private var position: Int64 = 0
    private var isOver = false

    init(_ events: AsyncThrowingStream<ServiceEvent, any Error>, cursor: @escaping @Sendable (Int64) -> String) {
        self.events = events.makeAsyncIterator()
        self.cursor = cursor
    }

    func element() async throws -> LogElement? {
        if isOver { return nil }
        guard let event = try await next() else {
            isOver = true
            return .end(reason: "stopped", resume: cursor(position))
        }
        position += 1
        let output = ServiceOutput(event)
        return .entry(
            LogEntry(
                cursor: cursor(position),
                at: output.timestamp,
                type: event.type.rawValue,
                data: Array(try JSONCoding.encode(output))
            )
        )
    }

    private func next() async throws -> ServiceEvent? {
        var iterator = events
        defer { events = iterator }
        do {
            return try await iterator.next(isolation: self)
        } catch let error as SandboxAgentError {
            try Task.checkCancellation()
            throw error.fault(doing: "reading a service's output")
        }
    }
}
