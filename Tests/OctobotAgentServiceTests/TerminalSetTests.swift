import Foundation
import OctobotTestSupport
import SandboxAgentAPI
import Testing

@testable import OctobotAgentService

@Suite("Terminals without the service", .timeLimit(.minutes(1)))
struct TerminalSetTests {
    private func withTerminals(
        _ limits: Terminal.Limits = .init(),
        _ body: (TerminalSet) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let shell = ShellEnvironment(
                inherited: ProcessInfo.processInfo.environment,
                home: folder.path,
                workspace: folder.path
            )
            let set = TerminalSet(shell, limits: limits)
            do {
                try await body(set)
                await set.shutDown()
            } catch {
                await set.shutDown()
                throw error
            }
        }
    }

    private func request(_ id: String, _ script: String) -> OpenTerminal {
        OpenTerminal(id: id, rows: 24, columns: 80, command: ["/bin/sh", "-c", script], idleSeconds: 60)
    }

    /// Reads until the text was shown.
    private func wait(_ terminal: Terminal, for text: String) async throws {
        let viewer = TerminalViewer(terminal, from: 0)
        defer { viewer.close() }
        var parser = OutputRecordParser()
        var shown: [UInt8] = []
        while !String(decoding: shown, as: UTF8.self).contains(text) {
            let bytes = try #require(try await viewer.next())
            for record in try parser.consume(bytes) where record.kind == .output { shown += record.payload }
        }
    }

    @Test("what a program does not read is dropped after a while, and everything else as long as it takes")
    func stalled() async throws {
        var limits = Terminal.Limits()
        limits.stall = .milliseconds(300)
        try await withTerminals(limits) { set in
            _ = try set.open(request("t1", "stty raw -echo; echo on; sleep 1000"))
            let terminal = try set.terminal("t1")
            try await wait(terminal, for: "on")
            await #expect(throws: HandRefusal.terminalStalled) {
                try await terminal.type([UInt8](repeating: 0x78, count: 1 << 20))
            }
            _ = try set.open(request("t2", "stty raw -echo; echo on; head -c 1000000 | wc -c; echo read"))
            let reading = try set.terminal("t2")
            try await wait(reading, for: "on")
            try await reading.type([UInt8](repeating: 0x78, count: 1_000_000))
            try await wait(reading, for: "1000000")
        }
    }

    @Test("the state of an ended terminal is forgotten after a while")
    func forgotten() async throws {
        var limits = Terminal.Limits()
        limits.keep = .milliseconds(200)
        try await withTerminals(limits) { set in
            _ = try set.open(request("t1", "echo bye; exit 300"))
            let terminal = try set.terminal("t1")
            try await wait(terminal, for: "bye")
            while !set.list.terminals.isEmpty { await Task.yield() }
            #expect(terminal.snapshot.exitCode == 300 & 0xFF)
        }
    }

    @Test("a quiet stream shows that it lives")
    func quiet() async throws {
        try await withTerminals { set in
            _ = try set.open(request("t1", "sleep 1000"))
            let viewer = TerminalViewer(try set.terminal("t1"), from: 0, heartbeat: .milliseconds(50))
            defer { viewer.close() }
            var parser = OutputRecordParser()
            let bytes = try #require(try await viewer.next())
            #expect(try parser.consume(bytes).map(\.kind) == [.quiet])
        }
    }

    @Test("a program that closes its terminal for a while is still there")
    func closedFor() async throws {
        try await withTerminals { set in
            let script = "exec </dev/null >/dev/null 2>&1; sleep 0.3; echo back > /dev/tty; exit 5"
            _ = try set.open(request("t1", script))
            let terminal = try set.terminal("t1")
            try await wait(terminal, for: "back")
            while terminal.isRunning { await Task.yield() }
            #expect(terminal.snapshot.exitCode == 5)
        }
    }

    @Test("of many requests for one id one starts a program")
    func atOnce() async throws {
        try await withTerminals { set in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try set.open(request("t1", "cat")) } }
                try await group.waitForAll()
            }
            #expect(set.list.terminals.count == 1)
        }
    }
}

@Suite("The ring of a terminal")
struct TerminalRingTests {
    @Test("keeps the last bytes by their position", arguments: [1, 7, 4096, 65_536, 100_000, 300_000])
    func positions(step: Int) {
        var ring = TerminalRing(capacity: 128 << 10)
        var all: [UInt8] = []
        for number in 0..<(600_000 / step + 1) {
            let part = (0..<step).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0) }
            ring.append(part)
            all += part
            if all.count > 600_000 { break }
        }
        #expect(ring.end == UInt64(all.count) && ring.oldest == UInt64(all.count - ring.capacity))
        var position = ring.oldest
        while position < ring.end {
            let bytes = ring.bytes(from: position, limit: 50_001)
            #expect(bytes.elementsEqual(all[Int(position)..<min(all.count, Int(position) + 50_001)]))
            position += UInt64(bytes.count)
        }
        #expect(ring.bytes(from: ring.end, limit: 5).isEmpty)
    }
}
