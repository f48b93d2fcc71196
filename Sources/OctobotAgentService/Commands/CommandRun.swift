import Foundation
import JSONText
import SandboxAgentAPI
import Synchronization

/// One command that runs, and what of its output has not been fetched yet.
///
/// A thread of its own reads, feeds and ends it (``CommandLoop``); it stops reading while too much waits, so that a slow
/// reader slows the program rather than filling memory.
final class CommandRun: Sendable {
    /// The variable that marks everything a command has started.
    static let markName = "OCTOBOT_COMMAND"
    /// Bytes that may wait for the reader.
    private static let room = 256 << 10

    private struct State {
        /// Records as they go over the wire.
        var pending: [UInt8] = []
        var output: UInt64 = 0
        var errors: UInt64 = 0
        var left: Int
        var isTruncated = false
        var isAbandoned = false
        /// When it is killed, once it was asked to stop.
        var stopBy: ContinuousClock.Instant?
        var isEnded = false
        var lastRecord = ContinuousClock.now
    }

    let tree: ProcessTree
    let streams: CommandStreams
    let input: [UInt8]
    let deadline: ContinuousClock.Instant
    /// Whether what it leaves in the background ends with it.
    let endsTree: Bool
    let wake: WakePipe
    let rings: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation
    private let ended: AsyncStream<Void>
    private let end: AsyncStream<Void>.Continuation
    private let state: Mutex<State>

    init(
        pid: pid_t,
        mark: String,
        streams: CommandStreams,
        wake: WakePipe,
        input: [UInt8],
        timeout: Duration,
        outputLimit: Int,
        endsTree: Bool
    ) {
        tree = ProcessTree(leader: pid, scope: .marked("\(Self.markName)=\(mark)"))
        self.streams = streams
        self.wake = wake
        self.input = input
        deadline = .now + timeout
        self.endsTree = endsTree
        (rings, ring) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        (ended, end) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        state = Mutex(State(left: outputLimit))
    }

    // MARK: The reader's side

    /// The bytes of the records that wait; empty when there are none yet, `nil` after the last.
    func take() -> [UInt8]? {
        let (bytes, isEnded) = state.withLock { state in
            defer { state.pending = [] }
            return (state.pending, state.isEnded)
        }
        if bytes.count >= Self.room { wake.ring() }
        return bytes.isEmpty && isEnded ? nil : bytes
    }

    /// Kills the command, unless it has ended: nobody wants its output any more.
    func abandon() {
        state.withLock { $0.isAbandoned = true }
        wake.ring()
    }

    /// Asks its process group to end, and kills all of it when it still runs after `grace`.
    func stop(grace: Duration) {
        state.withLock { $0.stopBy = $0.stopBy ?? .now + grace }
        wake.ring()
    }

    /// For one caller.
    func waitForEnd() async {
        for await _ in ended {}
    }

    // MARK: The loop's side

    var isAbandoned: Bool { state.withLock { $0.isAbandoned } }
    var stopBy: ContinuousClock.Instant? { state.withLock { $0.stopBy } }
    var hasRoom: Bool { state.withLock { $0.pending.count < Self.room } }
    /// When a record of kind quiet is due.
    var quietAt: ContinuousClock.Instant { state.withLock { $0.lastRecord } + .seconds(15) }

    /// Adds what the program wrote, as far as the limit lets it.
    func add(_ kind: OutputRecord.Kind, _ bytes: ArraySlice<UInt8>) {
        state.withLock { state in
            let kept = bytes.prefix(state.left)
            state.left -= kept.count
            if kept.count < bytes.count { state.isTruncated = true }
            guard !kept.isEmpty else { return }
            let position = kind == .errors ? state.errors : state.output
            if kind == .errors { state.errors += UInt64(kept.count) } else { state.output += UInt64(kept.count) }
            OutputRecord(kind, position: position, payload: Array(kept)).append(to: &state.pending)
            state.lastRecord = .now
        }
        ring.yield()
    }

    /// Shows that the connection lives.
    func addQuiet() {
        state.withLock { state in
            OutputRecord(.quiet, position: state.output).append(to: &state.pending)
            state.lastRecord = .now
        }
        ring.yield()
    }

    /// Adds the last record.
    func finish(_ ending: ProcessEnding, isTimedOut: Bool) {
        state.withLock { state in
            let last = CommandEnd(
                exitCode: ending.exitCode,
                signal: ending.signal,
                isTimedOut: isTimedOut,
                isTruncated: state.isTruncated
            )
            // Numbers and booleans: there is nothing that could not be written.
            let payload = (try? JSONCoding.encode(last)).map { Array($0) } ?? []
            OutputRecord(.end, position: state.output, payload: payload).append(to: &state.pending)
            state.isEnded = true
        }
        ring.finish()
        end.finish()
    }
}

/// Somebody's interest in a command; who lets go of it kills the command.
final class CommandReader: Sendable {
    let run: CommandRun

    init(_ run: CommandRun) {
        self.run = run
    }

    deinit {
        run.abandon()
    }
}

/// The output of one command, to its end.
final class CommandOutput: RecordSource {
    private let reader: CommandReader
    private var rings: AsyncStream<Void>.AsyncIterator

    init(_ reader: CommandReader) {
        self.reader = reader
        rings = reader.run.rings.makeAsyncIterator()
    }

    func next() async throws -> [UInt8]? {
        while let bytes = reader.run.take() {
            guard bytes.isEmpty else { return bytes }
            _ = await rings.next(isolation: #isolation)
            try Task.checkCancellation()
        }
        return nil
    }

    var stop: @Sendable () -> Void { { [run = reader.run] in run.abandon() } }

    func close() {
        reader.run.abandon()
    }
}
