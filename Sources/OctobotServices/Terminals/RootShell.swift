import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import SandboxAgentAPI
import Synchronization

/// One root shell: its output is collected here, whoever reads it, and kept as far as the ring goes.
final class RootShell: Sendable {
    private struct State {
        var rows: Int
        var columns: Int
        var output = OutputRing(limit: AgentLimit.terminalRing)
        var viewers = 0
        var exitCode: Int?
    }

    /// How long one that has ended can still be read.
    private static let afterlife = Duration.seconds(60)

    let id: TerminalID
    let sessionID: SessionID
    private let terminal: any RootTerminal
    private let openedAt = Timestamp.now
    private let idle: Duration
    private let bells: Bells
    private let state: Mutex<State>

    /// - Parameter idle: How long it lives without a viewer.
    init(
        _ id: TerminalID,
        of session: SessionID,
        _ terminal: any RootTerminal,
        rows: Int,
        columns: Int,
        idle: Duration,
        bells: Bells
    ) {
        self.id = id
        sessionID = session
        self.terminal = terminal
        self.idle = idle
        self.bells = bells
        state = Mutex(State(rows: rows, columns: columns))
    }

    private var bell: Bell { .rootShell(sessionID, id) }

    var isRunning: Bool { state.withLock { $0.exitCode == nil } }

    var description: Terminal {
        state.withLock { state in
            Terminal(
                id: id,
                sessionID: sessionID,
                rows: state.rows,
                cols: state.columns,
                command: [],
                root: true,
                running: state.exitCode == nil,
                exitCode: state.exitCode,
                oldest: Int64(clamping: state.output.oldest),
                offset: Int64(clamping: state.output.end),
                viewers: state.viewers,
                openedAt: openedAt,
                survivesRestart: false
            )
        }
    }

    func write(_ bytes: [UInt8]) async throws(SandboxError) { try await terminal.write(bytes) }

    func resize(rows: Int, columns: Int) async throws(SandboxError) {
        try await terminal.resize(rows: rows, columns: columns)
        state.withLock { state in
            state.rows = rows
            state.columns = columns
        }
    }

    func close() async { await terminal.close() }

    /// Collects the output until the shell has ended, and keeps it for a while after.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watchIdleness() }
            await collect()
            group.cancelAll()
        }
        // On a task that no cancellation reaches: when the daemon stops, nobody holds the shell any more.
        await Task { await self.close() }.value
        do {
            try await Task.sleep(for: Self.afterlife)  // ok: the shell is forgotten when it is over
        } catch {
            // The daemon stops.
        }
    }

    private func collect() async {
        var code = 255
        do {
            for try await bytes in terminal.output {
                state.withLock { $0.output.append(bytes) }
                bells.ring(bell)
            }
            code = try await terminal.exitCode()
        } catch {
            // The engine lost it, or the daemon stops; with what status it ended is not known.
            await terminal.close()
        }
        state.withLock { [code] in $0.exitCode = code }
        bells.ring(bell)
    }

    /// Closes the shell once nobody has viewed it for long enough.
    private func watchIdleness() async {
        let listener = bells.listen(to: bell)
        let clock = ContinuousClock()
        var idleSince = clock.now
        do {
            while true {
                if state.withLock({ $0.viewers > 0 }) {
                    try await listener.wait()
                    idleSince = clock.now
                    continue
                }
                let left = idle - (clock.now - idleSince)
                guard left > .zero else { return await close() }
                try await listener.wait(atMost: left)
            }
        } catch {
            // The shell has ended.
        }
    }

    // MARK: Viewing

    /// One reader of the output; to have it is to view.
    final class Viewer: Sendable {
        private let shell: RootShell
        private let listener: Bells.Listener
        private let position: Mutex<UInt64>

        fileprivate init(_ shell: RootShell, from position: UInt64) {
            self.shell = shell
            listener = shell.bells.listen(to: shell.bell)
            self.position = Mutex(position)
            shell.state.withLock { $0.viewers += 1 }
            shell.bells.ring(shell.bell)
        }

        deinit {
            shell.state.withLock { $0.viewers -= 1 }
            shell.bells.ring(shell.bell)
        }

        /// What comes next, as agents say it.
        func next() async throws -> OutputRecord? {
            while true {
                let position = position.withLock { $0 }
                let record = shell.state.withLock { state -> OutputRecord? in
                    if position < state.output.oldest { return OutputRecord(.gap, position: state.output.oldest) }
                    let bytes = state.output.bytes(from: position, most: OutputRecord.largestPayload)
                    if !bytes.isEmpty { return OutputRecord(.output, position: position, payload: bytes) }
                    guard let code = state.exitCode else { return nil }
                    let end = JSONValue.object(["exitCode": .integer(Int64(code))]).serialized()
                    return OutputRecord(.end, position: position, payload: end)
                }
                if let record {
                    self.position.withLock {
                        $0 = record.position + (record.kind == .output ? UInt64(record.payload.count) : 0)
                    }
                    return record
                }
                try await listener.wait()
            }
        }
    }

    func view(from position: UInt64) -> Viewer { Viewer(self, from: position) }
}
