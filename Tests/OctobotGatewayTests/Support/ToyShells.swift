import OctobotAPI
import OctobotGateway
import OctobotModel
import OctobotServices
import Synchronization

/// Shells by hand: what is typed is kept, what they print is said by the test.
final class ToyShells: Sendable {
    private struct State {
        var prepared: [OpenTerminal.Params] = []
        var opened: [ToyShell] = []
        var refusal: Fault?
        var failure: Fault?
        /// Preparing waits until its task is cancelled.
        var isStuck = false
        var cancelled = 0
    }

    private let state = Mutex(State())
    let changes = Signal()

    var prepared: [OpenTerminal.Params] { state.withLock { $0.prepared } }
    var opened: [ToyShell] { state.withLock { $0.opened } }
    var cancelled: Int { state.withLock { $0.cancelled } }

    /// Preparing fails from now on.
    func refuse(_ fault: Fault) { state.withLock { $0.refusal = fault } }
    /// Opening fails from now on.
    func fail(_ fault: Fault) { state.withLock { $0.failure = fault } }
    func stick() { state.withLock { $0.isStuck = true } }

    func prepare(_ params: OpenTerminal.Params) async throws(Fault) {
        let (refusal, isStuck) = state.withLock { state in
            state.prepared.append(params)
            return (state.refusal, state.isStuck)
        }
        changes.ring()
        if let refusal { throw refusal }
        guard params.sessionID == "s1" else { throw .notFound("session", params.sessionID) }
        guard isStuck else { return }
        do {
            try await Task.sleep(for: .seconds(600))  // ok: it ends by being cancelled
        } catch {
            state.withLock { $0.cancelled += 1 }
            changes.ring()
            throw Fault(.cancelled, "Cancelled.")
        }
    }

    func open(_ params: OpenTerminal.Params) throws(Fault) -> TerminalShell {
        if let failure = state.withLock({ $0.failure }) { throw failure }
        let shell = ToyShell(params, changes)
        state.withLock { $0.opened.append(shell) }
        changes.ring()
        return shell.terminal
    }

    /// The only shell, once it is open.
    func shell() async throws -> ToyShell {
        try await changes.wait { self.opened.first }
    }
}

final class ToyShell: Sendable {
    private struct State {
        var typed: [UInt8] = []
        var sizes: [[Int]] = []
        var output: [LogElement] = []
        var isClosed = false
        var pulls = 0
        var refusal: Fault?
        var isDeaf = false
    }

    let params: OpenTerminal.Params
    private let state = Mutex(State())
    private let changes: Signal

    init(_ params: OpenTerminal.Params, _ changes: Signal) {
        self.params = params
        self.changes = changes
    }

    var typed: String { String(decoding: state.withLock { $0.typed }, as: UTF8.self) }
    var sizes: [[Int]] { state.withLock { $0.sizes } }
    var isClosed: Bool { state.withLock { $0.isClosed } }
    /// How many pieces of output were taken.
    var pulls: Int { state.withLock { $0.pulls } }

    func print(_ bytes: [UInt8]) {
        say(.bytes(LogBytes(cursor: "t:1", offset: 0, bytes: bytes, isText: true)))
    }
    func say(_ element: LogElement) {
        state.withLock { $0.output.append(element) }
        changes.ring()
    }
    /// What is typed is refused from now on.
    func refuse(_ fault: Fault) { state.withLock { $0.refusal = fault } }
    /// What is typed is not taken until the shell listens again.
    func setDeaf(_ isDeaf: Bool) {
        state.withLock { $0.isDeaf = isDeaf }
        changes.ring()
    }

    func until(_ condition: @escaping @Sendable (ToyShell) -> Bool) async throws {
        try await changes.wait { condition(self) ? true : nil }
    }

    var terminal: TerminalShell {
        TerminalShell(
            output: LogReader(cursor: "t:0", head: "t:0") { [self] in
                try await changes.wait {
                    self.state.withLock { state in
                        guard !state.output.isEmpty else { return nil }
                        state.pulls += 1
                        return state.output.removeFirst()
                    }
                }
            },
            write: { [self] bytes in
                try await changes.wait { self.state.withLock { $0.isDeaf } ? nil : true }
                try state.withLock { state in
                    if let refusal = state.refusal { throw refusal }
                    state.typed += bytes
                }
                changes.ring()
            },
            resize: { [self] rows, cols in
                state.withLock { $0.sizes.append([rows, cols]) }
                changes.ring()
            },
            close: { [self] in
                state.withLock { $0.isClosed = true }
                changes.ring()
            }
        )
    }
}

/// Wakes whoever waits for a change of something.
final class Signal: Sendable {
    private struct State {
        var next: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var rings: UInt64 = 0
    }

    private let state = Mutex(State())

    func ring() {
        let waiting = state.withLock { state in
            state.rings += 1
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// The value `look` gives once it gives one; it is looked at after every ring.
    @discardableResult
    func wait<Value: Sendable>(for look: @Sendable () -> Value?) async throws -> Value {
        while true {
            let rings = state.withLock { $0.rings }
            if let value = look() { return value }
            await sleep(after: rings)
            try Task.checkCancellation()
        }
    }

    private func sleep(after rings: UInt64) async {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.rings != rings || Task.isCancelled { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }
}
