import CLinux
import Foundation
import OctobotTestSupport
import SandboxAgentAPI
import Synchronization
import Testing

@testable import OctobotAgentService

@Suite("Programs in a sandbox, watched and shut down", .timeLimit(.minutes(1)))
struct ShutDownTests {
    private func shell(_ folder: URL) -> ShellEnvironment {
        ShellEnvironment(inherited: ProcessInfo.processInfo.environment, home: folder.path, workspace: folder.path)
    }

    private func command(_ script: String) -> RunCommand {
        RunCommand(arguments: ["/bin/sh", "-c", script], timeout: 30_000, outputLimit: 1000)
    }

    private func terminal(_ id: String, _ script: String) -> OpenTerminal {
        OpenTerminal(id: id, rows: 24, columns: 80, command: ["/bin/sh", "-c", script], idleSeconds: 60)
    }

    /// Holds the first program back between its start and everything else.
    private final class Gate: Sendable {
        let pid = Mutex<pid_t?>(nil)
        private let opened = DispatchSemaphore(value: 0)

        var watch: @Sendable (pid_t) -> ChildWatch {
            { [self] pid in
                let isFirst = self.pid.withLock { known in
                    defer { if known == nil { known = pid } }
                    return known == nil
                }
                if isFirst { opened.wait() }
                return ChildWatch(pid)
            }
        }

        func open() { opened.signal() }

        func started() async -> pid_t {
            while true {
                if let pid = pid.withLock({ $0 }) { return pid }
                await Task.yield()
            }
        }
    }

    private func isGone(_ pid: pid_t) -> Bool { kill(pid, 0) < 0 && errno == ESRCH }

    @Test("the end of a command is seen where no descriptor tells it")
    func unwatchedCommand() async throws {
        try await withTemporaryDirectory { folder in
            let set = CommandSet(shell(folder), watch: { ChildWatch($0, descriptor: -1) })
            let begin = ContinuousClock.now
            let reader = try set.start(command("exit 3"))
            await reader.run.waitForEnd()
            #expect(begin.duration(to: .now) < .seconds(10))
            let bytes = try #require(reader.run.take())
            var parser = OutputRecordParser()
            let end = try #require(try parser.consume(bytes).last)
            #expect(String(decoding: end.payload, as: UTF8.self).contains(#""exitCode":3"#))
            await set.shutDown()
        }
    }

    @Test("the end of a terminal's program is seen where no descriptor tells it")
    func unwatchedTerminal() async throws {
        try await withTemporaryDirectory { folder in
            let set = TerminalSet(shell(folder), watch: { ChildWatch($0, descriptor: -1) })
            // It closes its terminal first, so that nothing else tells its end.
            _ = try set.open(terminal("t1", "exec </dev/null >/dev/null 2>&1; exit 3"))
            let opened = try set.terminal("t1")
            while opened.isRunning { await Task.yield() }
            #expect(opened.snapshot.exitCode == 3)
            await set.shutDown()
        }
    }

    @Test("a command that is being started while all are killed is killed as well")
    func commandRace() async throws {
        try await withTemporaryDirectory { folder in
            let gate = Gate()
            let set = CommandSet(shell(folder), watch: gate.watch)
            let request = command("sleep 1000")
            let starting = Thread { _ = try? set.start(request) }
            starting.start()
            let pid = await gate.started()
            let isOver = Mutex(false)
            async let end: Void = {
                await set.shutDown()
                isOver.withLock { $0 = true }
            }()
            // What may be thought of as over is not, as long as the program runs.
            for _ in 0..<1000 { await Task.yield() }
            #expect(!isOver.withLock { $0 } && !isGone(pid))
            gate.open()
            await end
            #expect(isGone(pid))
            #expect(throws: HandRefusal.tooManyCommands) { _ = try set.start(request) }
        }
    }

    @Test("a terminal that is being opened while all are closed is closed as well")
    func terminalRace() async throws {
        try await withTemporaryDirectory { folder in
            let gate = Gate()
            let set = TerminalSet(shell(folder), watch: gate.watch)
            let request = terminal("t1", "sleep 1000")
            let opening = Thread { _ = try? set.open(request) }
            opening.start()
            let pid = await gate.started()
            let isOver = Mutex(false)
            async let end: Void = {
                await set.shutDown()
                isOver.withLock { $0 = true }
            }()
            for _ in 0..<1000 { await Task.yield() }
            #expect(!isOver.withLock { $0 } && !isGone(pid))
            gate.open()
            await end
            #expect(isGone(pid))
            #expect(throws: HandRefusal.tooManyTerminals) { _ = try set.open(terminal("t2", "true")) }
        }
    }

    @Test("the home is counted once for each file, not beyond its bounds, and says so when there is more")
    func count() async throws {
        try await withTemporaryDirectory { folder in
            let root = folder.path
            let block = Data(count: 256 << 10)
            for number in 0..<8 { try block.write(to: URL(filePath: "\(root)/f\(number)")) }
            #expect(link(root + "/f0", root + "/again") == 0)
            #expect(symlink("/usr", root + "/usr") == 0)
            let whole = HomeCount(root)
            #expect(!whole.isPartial && (2 << 20..<3 << 20).contains(Int(whole.bytes)), "\(whole.bytes)")
            var limits = HomeCount.Limits()
            limits.entries = 5
            let part = HomeCount(root, limits: limits)
            #expect(part.isPartial && part.bytes < whole.bytes)
            limits = .init()
            limits.depth = 2
            try FileManager.default.createDirectory(atPath: root + "/a/b", withIntermediateDirectories: true)
            #expect(HomeCount(root, limits: limits).isPartial)
            #expect(!HomeCount(root).isPartial)
            #expect(HomeCount(root + "/none").isPartial)
        }
    }
}
