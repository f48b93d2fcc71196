import AgentClientProtocol
import JSONText
import SandboxAgentAPI
import Synchronization

/// A command that an agent runs through us, and the end of its output.
final class AgentTerminal: Sendable {
    /// How much output is kept at most, in bytes.
    static let most = 1 << 20

    private struct State {
        var bytes: [UInt8] = []
        var isTruncated = false
        var exit: TerminalExit?
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let limit: Int
    private let run: CommandRun
    private let state = Mutex(State())

    /// - Parameter limit: How much of the output is wanted, in bytes; ``most`` when absent.
    init(_ reader: CommandReader, limit: Int?) {
        self.limit = min(max(limit ?? Self.most, 0), Self.most)
        run = reader.run
    }

    /// Takes what it writes, to its end.
    func follow(_ reader: CommandReader) async {
        let output = CommandOutput(reader)
        var parser = OutputRecordParser()
        var end: CommandEnd?
        do {
            while let bytes = try await output.next() {
                for record in try parser.consume(bytes) {
                    switch record.kind {
                    case .output, .errors: add(record.payload)
                    case .end: end = try JSONCoding.decode(CommandEnd.self, from: record.payload)
                    default: break
                    }
                }
            }
        } catch {
            output.close()
        }
        let exit = TerminalExit(exitCode: end?.exitCode, signal: (end.map { $0.signal } ?? 9).map(Self.name))
        let waiting = state.withLock { state in
            state.exit = exit
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.finish() }
    }

    private func add(_ bytes: [UInt8]) {
        state.withLock { state in
            state.bytes += bytes
            // Not with every byte, since what is behind moves up.
            guard state.bytes.count > 2 * limit + 4096 else { return }
            state.bytes.removeFirst(state.bytes.count - limit)
            state.isTruncated = true
        }
    }

    /// What is kept of its output, and its end.
    var output: TerminalOutput {
        let (bytes, wasCut, exit) = state.withLock { ($0.bytes, $0.isTruncated, $0.exit) }
        var tail = bytes.suffix(limit)
        let isTruncated = wasCut || tail.count < bytes.count
        // Not in the middle of a character.
        if isTruncated { tail = tail.drop { $0 & 0xC0 == 0x80 } }
        return TerminalOutput(text: String(decoding: tail, as: UTF8.self), isTruncated: isTruncated, exit: exit)
    }

    /// Waits for its end.
    func waitForExit() async throws(ACPError) -> TerminalExit {
        await ended()
        guard let exit = state.withLock({ $0.exit }) else { throw .cancelled }
        return exit
    }

    /// Waits for its end, or the task's.
    func ended() async {
        let (ended, end) = AsyncStream<Void>.makeStream()
        let runs = state.withLock { state in
            if state.exit == nil { state.waiting.append(end) }
            return state.exit == nil
        }
        guard runs else { return }
        for await _ in ended {}
    }

    /// Kills it and all it has started, unless it has ended.
    func kill() { run.abandon() }

    private static func name(_ signal: Int) -> String {
        let names = [
            1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
            11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ",
        ]
        return names[signal] ?? "signal \(signal)"
    }
}
