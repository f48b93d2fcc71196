import CLinux
import Foundation
import Synchronization

/// The thread of a terminal: drains the output, types, sees the end, and closes it when it is time.
struct TerminalLoop {
    private let terminal: Terminal
    private let process: ChildWatch
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    /// Runs until the terminal's state need not be kept any more.
    static func start(_ terminal: Terminal, _ process: ChildWatch, ended: @escaping @Sendable () -> Void) {
        let thread = Thread {
            var loop = TerminalLoop(terminal, process)
            loop.run()
            ended()
        }
        thread.stackSize = 512 << 10
        thread.start()
    }

    private init(_ terminal: Terminal, _ process: ChildWatch) {
        self.terminal = terminal
        self.process = process
    }

    private mutating func run() {
        let isHungUp = serve()
        let tree = ProcessTree(leader: terminal.pid, scope: .session)
        if isHungUp, !tree.waitForEnd(until: .now + terminal.limits.hangUp) { tree.kill() }
        drain()
        finish(ProcessEnding.wait(for: terminal.pid))
        process.close()
        let forgotten = ContinuousClock.now + terminal.limits.keep
        while ContinuousClock.now < forgotten {
            _ = waitReady([(terminal.wake.descriptor, POLLIN)], until: forgotten)
            terminal.wake.reset()
        }
    }

    /// Serves until the program has ended or the terminal was hung up; tells whether it was.
    private mutating func serve() -> Bool {
        while true {
            let plan = terminal.plan()
            if plan.isClosing {
                terminal.pty.hangUp(leader: terminal.pid)
                return true
            }
            let events = POLLIN | (plan.hasTyped ? POLLOUT : 0)
            let ready = waitReady(
                [(terminal.pty.master, events), (process.descriptor, POLLIN), (terminal.wake.descriptor, POLLIN)],
                until: process.deadline(before: plan.deadline)
            )
            if ready[2] != 0 { terminal.wake.reset() }
            if ready[0] & POLLIN != 0 { _ = read() }
            if ready[0] & POLLOUT != 0 { write() }
            if process.hasEnded(ready[1]) { return false }
        }
    }

    /// Takes what is there, at most a buffer full; whether there was anything.
    private mutating func read() -> Bool {
        var length = 0
        while length < buffer.count {
            let room = buffer.count - length
            let count = buffer.withUnsafeMutableBytes {
                CLinux.read(terminal.pty.master, $0.baseAddress?.advanced(by: length), room)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            length += count
        }
        guard length > 0 else { return false }
        terminal.show(buffer[..<length])
        return true
    }

    /// Takes what the program left; bounded, for something else may go on writing.
    private mutating func drain() {
        for _ in 0..<64 where !read() { return }
    }

    /// Gives the terminal as much of what was typed as it takes.
    private func write() {
        while let typed = terminal.firstTyped {
            let count = typed.withUnsafeBytes { CLinux.write(terminal.pty.master, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            terminal.took(count)
        }
    }

    private func finish(_ ending: ProcessEnding) {
        terminal.finish(exitCode: ending.exitCode ?? 128 + (ending.signal ?? 0))
    }
}

extension Terminal {
    /// What the loop has to do next.
    struct Plan {
        var isClosing: Bool
        var hasTyped: Bool
        var deadline: ContinuousClock.Instant?
    }

    /// Decides what is due: closing an idle terminal, giving up what is not taken.
    fileprivate func plan() -> Plan {
        let now = ContinuousClock.now
        let (plan, stalled) = state.withLock { state -> (Plan, [Typed]) in
            var stalled: [Typed] = []
            var deadlines: [ContinuousClock.Instant] = []
            if !state.typed.isEmpty {
                let limit = state.typedSince + limits.stall
                if now >= limit { swap(&stalled, &state.typed) } else { deadlines.append(limit) }
            }
            let viewers = state.viewers.values.filter { !$0.isWaiter }
            if !viewers.contains(where: { $0.busySince == nil }) {
                // Only viewers that take nothing, or none at all.
                let since = viewers.compactMap(\.busySince).reduce(state.leftSince, max)
                if now >= since + idle { state.isClosing = true } else { deadlines.append(since + idle) }
            }
            return (
                Plan(isClosing: state.isClosing, hasTyped: !state.typed.isEmpty, deadline: deadlines.min()), stalled
            )
        }
        for typed in stalled { typed.done.resume(returning: .terminalStalled) }
        return plan
    }

    fileprivate func show(_ bytes: ArraySlice<UInt8>) {
        let rings = state.withLock { state in
            state.ring.append(bytes)
            return state.viewers.values.map(\.ring)
        }
        for ring in rings { ring.yield() }
    }

    fileprivate var firstTyped: ArraySlice<UInt8>? { state.withLock { $0.typed.first?.bytes } }

    fileprivate func took(_ count: Int) {
        let done = state.withLock { state -> CheckedContinuation<HandRefusal?, Never>? in
            state.typedSince = .now
            state.typed[0].bytes = state.typed[0].bytes.dropFirst(count)
            return state.typed[0].bytes.isEmpty ? state.typed.removeFirst().done : nil
        }
        done?.resume(returning: nil)
    }

    fileprivate func finish(exitCode: Int) {
        let (typed, rings) = state.withLock { state in
            state.exitCode = exitCode
            defer { state.typed = [] }
            return (state.typed, state.viewers.values.map(\.ring))
        }
        for typed in typed { typed.done.resume(returning: .terminalEnded) }
        for ring in rings { ring.yield() }
    }
}
