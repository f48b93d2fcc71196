import OctobotAPI
import OctobotModel
import OctobotSandbox
import SandboxAgentAPI

/// Reads what a program writes, as fast as its one reader takes it; when it is released the program is killed.
///
/// Used by one task at a time; an actor because that task may be a different one for each pull.
actor CommandReader {
    private let pull: () async throws -> OutputRecord?
    /// Keeps the sandbox from being stopped for idleness meanwhile.
    private let use: SandboxActivity.Use
    private let cursor: @Sendable (Int64) -> String
    private var channels: [OutputChannel: Channel] = [:]
    /// How many bytes were handed out, of both channels.
    private var position: Int64 = 0
    private var ready: ArraySlice<LogElement> = []
    private var isOver = false

    private struct Channel {
        var offset: UInt64 = 0
        var cutter: CharacterCutter
    }

    /// - Parameters:
    ///   - pieceSize: The most bytes of an element.
    ///   - pull: The next record of the program's output.
    init(
        pieceSize: Int,
        use: SandboxActivity.Use,
        cursor: @escaping @Sendable (Int64) -> String,
        pull: sending @escaping () async throws -> OutputRecord?
    ) {
        self.use = use
        self.cursor = cursor
        self.pull = pull
        for channel in OutputChannel.allCases { channels[channel] = Channel(cutter: CharacterCutter(limit: pieceSize)) }
    }

    func element() async throws -> LogElement? {
        while true {
            if let element = ready.popFirst() { return element }
            if isOver { return nil }
            do {
                guard let record = try await pull() else { return nil }
                try take(record)
            } catch {
                try Task.checkCancellation()
                throw CommandService.fault(for: error)
            }
        }
    }

    private func take(_ record: OutputRecord) throws {
        switch record.kind {
        case .output: add(record.payload, to: .stdout)
        case .errors: add(record.payload, to: .stderr)
        case .end:
            let end = try CommandEnd(record)
            for channel in OutputChannel.allCases { add([], to: channel, isLast: true) }
            let program = ProgramEnd(
                exitCode: end.exitCode.map { min(max($0, 0), 255) },
                signal: end.signal.map { min(max($0, 1), 64) },
                timedOut: end.isTimedOut,
                truncated: end.isTruncated
            )
            ready.append(.exited(program, resume: cursor(position)))
            isOver = true
            use.end()
        case .quiet, .gap: break
        }
    }

    private func add(_ bytes: [UInt8], to name: OutputChannel, isLast: Bool = false) {
        guard var channel = channels[name] else { return }
        channel.cutter.append(bytes)
        while let piece = channel.cutter.next() ?? (isLast ? channel.cutter.flush() : nil) {
            position += Int64(piece.bytes.count)
            ready.append(
                .bytes(
                    LogBytes(
                        cursor: cursor(position),
                        offset: channel.offset,
                        bytes: piece.bytes,
                        isText: piece.isText && !piece.bytes.contains(0),
                        channel: name
                    )
                )
            )
            channel.offset += UInt64(piece.bytes.count)
        }
        channels[name] = channel
    }
}
