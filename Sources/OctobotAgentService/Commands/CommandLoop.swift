import CLinux
import Foundation
import SandboxAgentAPI

/// The thread of a command: feeds its input, reads its output, and kills it when it is time.
struct CommandLoop {
    /// How long what it started in the background may hold the output open in silence after its own end.
    private static let silence = Duration.milliseconds(250)
    /// How much that may still write.
    private static let afterword = 1 << 20

    private let run: CommandRun
    private let process: ChildWatch
    private var buffer = [UInt8](repeating: 0, count: OutputRecord.largestPayload)
    private var fed = 0
    private var isOutputOpen = true
    private var isErrorsOpen = true
    /// Since when nothing came after its end; `nil` while it runs.
    private var silentSince: ContinuousClock.Instant?
    private var readAfterEnd = 0
    private var isToldToStop = false

    static func start(_ run: CommandRun, _ process: ChildWatch, ended: @escaping @Sendable () -> Void) {
        let thread = Thread {
            var loop = CommandLoop(run, process)
            loop.work()
            ended()
        }
        thread.stackSize = 512 << 10
        thread.start()
    }

    private init(_ run: CommandRun, _ process: ChildWatch) {
        self.run = run
        self.process = process
        if run.input.isEmpty { run.streams.closeInput() }
    }

    private mutating func work() {
        var isTimedOut = false
        while true {
            if run.isAbandoned {
                run.tree.kill()
                break
            }
            let now = ContinuousClock.now
            if let stopBy = run.stopBy {
                // From here, for nobody else has this number while its leader is not waited for.
                if !isToldToStop { _ = CLinux.kill(-run.tree.leader, SIGTERM) }
                isToldToStop = true
                if now >= stopBy {
                    run.tree.kill()
                    break
                }
            }
            if now >= run.deadline {
                isTimedOut = silentSince == nil
                if isTimedOut { run.tree.kill() }
                break
            }
            if let silentSince, now >= silentSince + Self.silence || isComplete { break }
            wait()
        }
        if run.endsTree { run.tree.kill() }
        // What a pipe holds, and no more: others may still write to it.
        for _ in 0..<32 {
            let before = readAfterEnd
            if isOutputOpen { isOutputOpen = read(run.streams.output, .output) }
            if isErrorsOpen { isErrorsOpen = read(run.streams.errors, .errors) }
            if readAfterEnd == before { break }
        }
        run.streams.closeInput()
        run.finish(ProcessEnding.wait(for: run.tree.leader), isTimedOut: isTimedOut)
        process.close()
    }

    private var isComplete: Bool { !isOutputOpen && !isErrorsOpen || readAfterEnd > Self.afterword }

    private mutating func wait() {
        let hasRoom = run.hasRoom
        if !hasRoom, silentSince != nil { silentSince = .now }
        let feeds = fed < run.input.count
        let quietAt = run.quietAt
        let silentAt = hasRoom ? silentSince.map { $0 + Self.silence } : nil
        let end = min(run.deadline, run.stopBy ?? run.deadline)
        let due = [end, hasRoom ? quietAt : end, silentAt ?? end].min()
        let ready = waitReady(
            [
                (hasRoom && isOutputOpen ? run.streams.output : -1, POLLIN),
                (hasRoom && isErrorsOpen ? run.streams.errors : -1, POLLIN),
                (feeds ? run.streams.input : -1, POLLOUT),
                (silentSince == nil ? process.descriptor : -1, POLLIN),
                (run.wake.descriptor, POLLIN),
            ],
            until: silentSince == nil ? process.deadline(before: due) : due
        )
        if ready[0] != 0 { isOutputOpen = read(run.streams.output, .output) }
        if ready[1] != 0 { isErrorsOpen = read(run.streams.errors, .errors) }
        if ready[2] != 0 { feed() }
        if silentSince == nil, process.hasEnded(ready[3]) { silentSince = .now }
        if ready[4] != 0 { run.wake.reset() }
        if hasRoom, ContinuousClock.now >= quietAt, ready.allSatisfy({ $0 == 0 }) { run.addQuiet() }
    }

    /// Reads what is there; `false` at the end of the stream.
    private mutating func read(_ descriptor: CInt, _ kind: OutputRecord.Kind) -> Bool {
        let count = CLinux.read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
        run.add(kind, buffer[..<count])
        if silentSince != nil {
            silentSince = .now
            readAfterEnd += count
        }
        return true
    }

    /// Gives the program as much of its input as it takes.
    private mutating func feed() {
        let count = run.input[fed...].withUnsafeBytes { CLinux.write(run.streams.input, $0.baseAddress, $0.count) }
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        // A program that reads no further is none of our failures.
        fed = count < 0 ? run.input.count : fed + count
        if fed == run.input.count { run.streams.closeInput() }
    }
}
