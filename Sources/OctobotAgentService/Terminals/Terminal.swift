import Foundation
import SandboxAgentAPI
import Synchronization

/// A program on a pseudoterminal of its own, its latest output, and those who look at it.
///
/// A thread of its own reads, writes and ends it (``TerminalLoop``); everything else changes the state and wakes it.
final class Terminal: Sendable {
    /// Times that only tests shorten.
    struct Limits: Sendable {
        /// From the hang-up to the end of everything.
        var hangUp = Duration.seconds(2)
        /// Without taking anything of what is typed.
        var stall = Duration.seconds(10)
        /// That the state is kept after the end.
        var keep = Duration.seconds(60)
        var ring = AgentLimit.terminalRing
        /// Typed and not taken yet, in bytes.
        var typed = 4 << 20
        init() {}
    }

    /// Something typed that the terminal has not taken yet.
    struct Typed {
        var bytes: ArraySlice<UInt8>
        var done: CheckedContinuation<HandRefusal?, Never>
    }

    struct State {
        var ring: TerminalRing
        var rows: Int
        var columns: Int
        var exitCode: Int?
        var isClosing = false
        var typed: [Typed] = []
        /// When the first of `typed` began to wait.
        var typedSince = ContinuousClock.now
        var viewers: [Int: Viewer] = [:]
        var nextViewer = 0
        /// When the last viewer left.
        var leftSince = ContinuousClock.now
    }

    struct Viewer {
        var ring: AsyncStream<Void>.Continuation
        /// Since when it has not taken what it was given; `nil` while it waits for more.
        var busySince: ContinuousClock.Instant?
        /// Waits for the end rather than looks.
        var isWaiter: Bool
    }

    let id: String
    let command: [String]
    let idle: Duration
    let limits: Limits
    let openedAt = Int64(Date().timeIntervalSince1970 * 1000)
    let pty: Pseudoterminal
    let pid: pid_t
    let wake: WakePipe
    let state: Mutex<State>

    init(
        _ request: OpenTerminal,
        command: [String],
        pty: Pseudoterminal,
        pid: pid_t,
        wake: WakePipe,
        limits: Limits
    ) {
        id = request.id
        self.command = command
        idle = .seconds(request.idleSeconds)
        self.limits = limits
        self.pty = pty
        self.pid = pid
        self.wake = wake
        state = Mutex(
            State(ring: TerminalRing(capacity: limits.ring), rows: request.rows, columns: request.columns)
        )
    }

    var snapshot: TerminalState {
        state.withLock { state in
            TerminalState(
                id: id,
                rows: state.rows,
                columns: state.columns,
                command: command,
                isRunning: state.exitCode == nil,
                exitCode: state.exitCode,
                oldest: state.ring.oldest,
                end: state.ring.end,
                viewers: state.viewers.values.count { !$0.isWaiter },
                openedAt: openedAt
            )
        }
    }

    var isRunning: Bool { state.withLock { $0.exitCode == nil } }

    /// Types; returns when the terminal has taken everything.
    func type(_ bytes: [UInt8]) async throws(HandRefusal) {
        guard !bytes.isEmpty else { return }
        let refusal = await withCheckedContinuation { done in
            let refusal: HandRefusal? = state.withLock { state in
                if state.exitCode != nil { return .terminalEnded }
                let waiting = state.typed.reduce(0) { $0 + $1.bytes.count }
                if waiting + bytes.count > limits.typed { return .terminalStalled }
                if state.typed.isEmpty { state.typedSince = .now }
                state.typed.append(Typed(bytes: bytes[...], done: done))
                return nil
            }
            if let refusal { done.resume(returning: refusal) } else { wake.ring() }
        }
        if let refusal { throw refusal }
    }

    func resize(rows: Int, columns: Int) throws(HandRefusal) {
        guard Self.sizes.contains(rows), Self.sizes.contains(columns) else { throw .invalidSize }
        let isRunning = state.withLock { state in
            guard state.exitCode == nil else { return false }
            (state.rows, state.columns) = (rows, columns)
            return true
        }
        guard isRunning else { throw .terminalEnded }
        pty.resize(rows: rows, columns: columns)
    }

    static let sizes = 1...1000

    /// Hangs up and waits until everything in the terminal is gone.
    func close() async {
        let (rings, key) = join(asWaiter: true)
        defer { leave(key) }
        state.withLock { $0.isClosing = true }
        wake.ring()
        var iterator = rings.makeAsyncIterator()
        while isRunning, await iterator.next(isolation: #isolation) != nil {}
    }

    // MARK: Viewers

    /// Rings whenever there is more, or the end.
    func join(asWaiter: Bool = false) -> (rings: AsyncStream<Void>, key: Int) {
        let (rings, ring) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let key = state.withLock { state in
            state.nextViewer += 1
            state.viewers[state.nextViewer] = Viewer(ring: ring, busySince: nil, isWaiter: asWaiter)
            return state.nextViewer
        }
        ring.yield()
        return (rings, key)
    }

    func leave(_ key: Int) {
        let viewer = state.withLock { state in
            if state.viewers[key]?.isWaiter == false { state.leftSince = .now }
            return state.viewers.removeValue(forKey: key)
        }
        viewer?.ring.finish()
        wake.ring()
    }

    /// Says whether a viewer is busy with what it was given; one that is for too long does not keep the terminal open.
    func mark(_ key: Int, isBusy: Bool) {
        state.withLock { $0.viewers[key]?.busySince = isBusy ? .now : nil }
        if isBusy { wake.ring() }
    }

    func ring(_ key: Int) {
        state.withLock { $0.viewers[key]?.ring }?.yield()
    }

    /// A record of this many bytes fills a buffer of a round size; larger ones cost twice the memory on their way.
    private static let page = (32 << 10) - OutputRecord.headLength

    /// What a viewer at `position` gets next.
    enum Page {
        case gap(to: UInt64)
        case bytes([UInt8])
        case nothing
        case ended(Int)
    }

    func page(from position: UInt64) -> Page {
        state.withLock { state in
            if position < state.ring.oldest { return .gap(to: state.ring.oldest) }
            if position < state.ring.end {
                return .bytes(state.ring.bytes(from: position, limit: Self.page))
            }
            return state.exitCode.map { .ended($0) } ?? .nothing
        }
    }
}
