import Foundation
import JSONText
import SandboxAgentAPI
import Synchronization

/// One run of a service, from its start until nothing it started is left.
final class ServiceRun: Sendable {
    /// How long it may take to end by itself; less than the three seconds in which a session has to be over.
    private static let grace = Duration.seconds(2)

    private enum Phase {
        case running, stopping
        case ended(exitCode: Int?, at: ContinuousClock.Instant)
    }

    let service: SandboxService
    let log: ServiceLog
    private let command: CommandRun
    private let startedAt: String
    private let phase = Mutex(Phase.running)
    private let reading = Mutex<Task<Void, Never>?>(nil)

    init(_ service: SandboxService, _ reader: CommandReader, log: ServiceLog) {
        self.service = service
        self.log = log
        command = reader.run
        startedAt = AgentTime.text()
        let task = Task { [self] in await read(reader) }
        reading.withLock { $0 = task }
    }

    var pid: Int { Int(command.tree.leader) }

    var isOver: Bool {
        phase.withLock { phase in
            guard case .ended = phase else { return false }
            return true
        }
    }

    /// What is told of the service; 30 s after its end only what its file declares, which is `nil` here.
    var state: SandboxService? {
        var state = service
        let phase = phase.withLock { $0 }
        switch phase {
        case .running: state.status = .running
        case .stopping: state.status = .stopping
        case .ended(let code, let end):
            guard end.duration(to: .now) < .seconds(30) else { return nil }
            state.exitCode = code
        }
        state.pid = pid
        state.startedAt = startedAt
        return state
    }

    /// Ends it and returns when nothing of it is left: SIGTERM to its group, SIGKILL to all when that does not do.
    ///
    /// - Throws: ``ServiceRefusal/notRunning(_:)``.
    func stop() async throws(ServiceRefusal) {
        let isRunning = phase.withLock { phase in
            if case .ended = phase { return false }
            phase = .stopping
            return true
        }
        guard isRunning else { throw .notRunning(service.id) }
        command.stop(grace: Self.grace)
        await waitForEnd()
    }

    func waitForEnd() async {
        await reading.withLock { $0 }?.value
    }

    /// Turns what it writes into events, to its end.
    private func read(_ reader: CommandReader) async {
        let output = CommandOutput(reader)
        defer { output.close() }
        var parser = OutputRecordParser()
        var channels: [ServiceEvent.Kind: CharacterCutter] = [
            .stdout: CharacterCutter(limit: OutputRecord.largestPayload),
            .stderr: CharacterCutter(limit: OutputRecord.largestPayload),
        ]
        var exitCode: Int?
        do {
            while let bytes = try await output.next() {
                var events: [ServiceEvent] = []
                for record in try parser.consume(bytes) {
                    switch record.kind {
                    case .output: events += Self.cut(record.payload, .stdout, &channels)
                    case .errors: events += Self.cut(record.payload, .stderr, &channels)
                    case .end: exitCode = try JSONCoding.decode(CommandEnd.self, from: record.payload).exitCode
                    case .quiet, .gap: break
                    }
                }
                if !events.isEmpty { await runBlocking { [log, events] in log.add(events) } }
            }
        } catch {
            // The records are our own: only a cancellation gets here, and nobody cancels it.
        }
        let time = AgentTime.text()
        let rest = channels.keys.sorted { $0.rawValue > $1.rawValue }.compactMap { kind in
            channels[kind]?.flush().map { piece in
                ServiceEvent(kind, data: String(decoding: piece.bytes, as: UTF8.self), timestamp: time)
            }
        }
        let last = rest + [ServiceEvent(.exit, exitCode: exitCode, timestamp: time)]
        phase.withLock { $0 = .ended(exitCode: exitCode, at: .now) }
        await runBlocking { [log] in log.add(last, isLast: true) }
    }

    private static func cut(
        _ bytes: [UInt8],
        _ kind: ServiceEvent.Kind,
        _ channels: inout [ServiceEvent.Kind: CharacterCutter]
    ) -> [ServiceEvent] {
        channels[kind]?.append(bytes)
        var events: [ServiceEvent] = []
        while let piece = channels[kind]?.next() {
            let text = String(decoding: piece.bytes, as: UTF8.self)
            events.append(ServiceEvent(kind, data: text, timestamp: AgentTime.text()))
        }
        return events
    }
}
