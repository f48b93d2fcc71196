import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import SandboxAgentAPI

/// Reads the output of a terminal for one viewer: a read of its own, as fast as the viewer takes it.
///
/// Used by one task at a time; an actor because that task may be a different one for each pull.
actor TerminalReader {
    /// Counts the bytes of one terminal; JSON numbers are exact up to it.
    private static let largestPosition: UInt64 = 1 << 53

    private let pull: () async throws -> OutputRecord?
    private let cursor: @Sendable (UInt64) -> String
    private let onRead: @Sendable () -> Void
    private var cutter: CharacterCutter
    /// The first byte that was not handed out.
    private var position: UInt64
    private var syncsAt: UInt64?
    /// What comes before the bytes that wait.
    private var ready: ArraySlice<LogElement> = []
    private var isOver = false

    /// - Parameters:
    ///   - head: Where history ends: the reader says `synced` once it has handed out everything before.
    ///   - pieceSize: The most bytes of an element.
    ///   - onRead: Told of everything that is read.
    ///   - pull: The next record of the terminal's output from `position` on.
    init(
        from position: UInt64,
        head: UInt64,
        pieceSize: Int,
        cursor: @escaping @Sendable (UInt64) -> String,
        onRead: @escaping @Sendable () -> Void,
        pull: sending @escaping () async throws -> OutputRecord?
    ) {
        self.position = position
        syncsAt = head
        cutter = CharacterCutter(limit: pieceSize)
        self.cursor = cursor
        self.onRead = onRead
        self.pull = pull
    }

    func element() async throws -> LogElement? {
        while true {
            if let element = ready.popFirst() { return element }
            if let piece = cutter.next() { return .bytes(taken(piece)) }
            if isOver { return nil }
            if let head = syncsAt, position + UInt64(cutter.count) >= head {
                syncsAt = nil
                return .synced(cursor: cursor(position))
            }
            if let record = try await read() {
                try take(record)
            } else {
                end(with: { .end(reason: "closed", resume: $0) })
            }
        }
    }

    private func read() async throws -> OutputRecord? {
        do {
            let record = try await pull()
            onRead()
            return record
        } catch let error as SandboxAgentError {
            throw error.fault(doing: "showing a terminal")
        } catch let error as SandboxError {
            throw error.fault
        }
    }

    private func taken(_ piece: CharacterCutter.Piece) -> LogBytes {
        defer { position += UInt64(piece.bytes.count) }
        return LogBytes(
            cursor: cursor(position + UInt64(piece.bytes.count)),
            offset: position,
            bytes: piece.bytes,
            isText: piece.isText
        )
    }

    private func take(_ record: OutputRecord) throws(Fault) {
        let expected = position + UInt64(cutter.count)
        guard record.position >= expected || record.kind == .end, record.position <= Self.largestPosition else {
            throw Fault(
                .upstreamFailed,
                "The sandbox counts a terminal's output wrongly.",
                reason: "agent.invalidAnswer"
            )
        }
        if record.position > expected, record.kind == .output || record.kind == .gap { skip(to: record.position) }
        switch record.kind {
        case .output: cutter.append(record.payload)
        case .end:
            let code = Self.exitCode(of: record)
            end(with: { .exited(ProgramEnd(exitCode: code), resume: $0) })
        case .gap, .quiet, .errors: break
        }
    }

    /// Tells what was not kept.
    private func skip(to target: UInt64) {
        if let rest = cutter.flush() { ready.append(.bytes(taken(rest))) }
        ready.append(.gap(reason: "overrun", from: cursor(position), to: cursor(target)))
        position = target
    }

    private func end(with element: (_ resume: String) -> LogElement) {
        while let piece = cutter.next() ?? cutter.flush() { ready.append(.bytes(taken(piece))) }
        ready.append(element(cursor(position)))
        isOver = true
    }

    private static func exitCode(of record: OutputRecord) -> Int {
        do {
            return try JSONCoding.decode(TerminalEnd.self, from: record.payload).exitCode
        } catch {
            // It has ended; with what status, its sandbox cannot say.
            return 255
        }
    }
}
