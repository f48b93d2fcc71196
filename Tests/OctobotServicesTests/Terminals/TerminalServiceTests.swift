import JSONText
import OctobotAPI
import OctobotModel
import OctobotSandbox
import OctobotTestSupport
import SandboxAgentAPI
import Synchronization
import Testing

@testable import OctobotServices

@Suite("Terminals", .timeLimit(.minutes(1)))
struct TerminalServiceTests {
    /// What a viewer saw.
    private struct Seen {
        var bytes: [UInt8] = []
        var cursor = ""
        var isSynced = false
        var exitCode: Int?

        /// Reads until `condition` holds.
        mutating func read(_ reader: LogReader, until condition: (Seen) -> Bool) async throws {
            while !condition(self), let element = try await reader.next() {
                switch element {
                case .bytes(let piece):
                    bytes += piece.bytes
                    cursor = piece.cursor
                case .synced: isSynced = true
                case .exited(let end, let resume):
                    exitCode = end.exitCode
                    cursor = resume
                case .entry, .snapshot, .gap, .end: Issue.record("unexpected \(element)")
                }
            }
        }

        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    private func withSession(_ body: @escaping @Sendable (Life, Session) async throws -> Void) async throws {
        try await withHouse { house in
            try await house.live { life in try await body(life, try await life.makeSession()) }
        }
    }

    @Test("a terminal is opened once however often it is asked for, written to, sized, listed and closed")
    func life() async throws {
        try await withSession { life, session in
            let terminals = life.services.terminals
            let params = OctobotAPI.OpenTerminal.Params(sessionID: session.id, id: "t-1", rows: 30, cols: 100)
            let opened = try await terminals.open(params, life.call)
            #expect(try await terminals.open(params, life.call) == opened)
            #expect(opened.rows == 30 && opened.cols == 100 && opened.running && !opened.root && opened.survivesRestart)
            let reader = try await terminals.subscribe(
                SubscribeTerminal.Params(sessionID: session.id, terminalID: "t-1", from: .start),
                life.call
            )
            #expect(reader.cursor == "terminal.\(session.id).t-1:0")
            var seen = Seen()
            try await seen.read(reader) { $0.isSynced }
            #expect(seen.text == "$ ")
            _ = try await terminals.input(
                WriteTerminal.Params(sessionID: session.id, terminalID: "t-1", data: "é🙂"),
                life.call
            )
            _ = try await terminals.input(
                WriteTerminal.Params(sessionID: session.id, terminalID: "t-1", data: "/wA=", encoding: .base64),
                life.call
            )
            try await seen.read(reader) { $0.bytes.count == 10 }
            #expect(seen.bytes == Array("$ é🙂".utf8) + [0xFF, 0x00])
            _ = try await terminals.resize(
                OctobotAPI.ResizeTerminal.Params(sessionID: session.id, terminalID: "t-1", rows: 1, cols: 1000),
                life.call
            )
            let listed = try await terminals.list(SessionTarget(sessionID: session.id), life.call).items
            #expect(listed.map(\.id) == ["t-1"] && listed.first?.cols == 1000 && listed.first?.offset == 10)
            _ = try await terminals.close(
                CloseTerminal.Params(sessionID: session.id, terminalID: "t-1"),
                life.call
            )
            try await seen.read(reader) { $0.exitCode != nil }
            #expect(seen.exitCode == 129)
            #expect(try await reader.next() == nil)
        }
    }

    @Test("a viewer comes back with its cursor at the next byte; others' cursors and those of the future are refused")
    func cursors() async throws {
        try await withSession { life, session in
            let terminals = life.services.terminals
            for id in ["a", "b"] as [TerminalID] {
                _ = try await terminals.open(OctobotAPI.OpenTerminal.Params(sessionID: session.id, id: id), life.call)
            }
            _ = try await terminals.input(
                WriteTerminal.Params(sessionID: session.id, terminalID: "a", data: "one"),
                life.call
            )
            func reader(_ from: StartPosition) async throws -> LogReader {
                try await terminals.subscribe(
                    SubscribeTerminal.Params(sessionID: session.id, terminalID: "a", from: from),
                    life.call
                )
            }
            var seen = Seen()
            try await seen.read(try await reader(.cursor("terminal.\(session.id).a:3"))) { $0.isSynced }
            #expect(seen.text == "ne")
            let now = try await reader(.now)
            #expect(now.cursor == now.head && now.cursor == seen.cursor)
            for bad in ["terminal.\(session.id).b:1", "terminal.\(session.id).a:6", "terminal.\(session.id).a:-1", "x"]
            {
                #expect(await fault { _ = try await reader(.cursor(bad)) }?.kind == .cursorInvalid, "\(bad)")
            }
            #expect(await fault { _ = try await reader(.snapshot) }?.kind == .invalidParams)
        }
    }

    @Test("a stopped sandbox is started by opening, and by nothing else")
    func waking() async throws {
        try await withSession { life, session in
            let terminals = life.services.terminals
            _ = try await terminals.open(OctobotAPI.OpenTerminal.Params(sessionID: session.id, id: "t"), life.call)
            _ = try await life.services.sessions.stop(StopSession.Params(sessionID: session.id), life.call)
            let here = SessionTarget(sessionID: session.id)
            #expect(try await terminals.list(here, life.call).items.isEmpty)
            #expect(try await terminals.status(here, life.call).status == .stopped)
            #expect(try await terminals.history(here, life.call).history.isEmpty)
            let type = WriteTerminal.Params(sessionID: session.id, terminalID: "t", data: "x")
            #expect(await fault { _ = try await terminals.input(type, life.call) }?.kind == .notFound)
            #expect(try await life.session(session.id).status == .stopped)
            _ = try await terminals.open(OctobotAPI.OpenTerminal.Params(sessionID: session.id, id: "u"), life.call)
            #expect(try await life.session(session.id).status == .ready)
            #expect(try await terminals.status(here, life.call).status == .running)
        }
    }

    @Test("one terminal more than a sandbox may have is refused as too many, until one is closed")
    func tooMany() async throws {
        try await withSession { life, session in
            let terminals = life.services.terminals
            func open(_ number: Int) async throws -> Terminal {
                let id = TerminalID("t-\(number)")
                return try await terminals.open(.init(sessionID: session.id, id: id), life.call)
            }
            for number in 1...AgentLimit.terminals { _ = try await open(number) }
            await #expect {
                _ = try await open(AgentLimit.terminals + 1)
            } throws: { error in
                (error as? Fault)?.kind == .rateLimited
            }
            _ = try await terminals.close(.init(sessionID: session.id, terminalID: "t-1"), life.call)
            #expect(try await open(AgentLimit.terminals + 1).running)
        }
    }

    @Test("what is not there, or is another project's, is not found")
    func notFound() async throws {
        try await withSession { life, session in
            let terminals = life.services.terminals
            for (project, id) in [("other", session.id), ("local", "missing")] as [(ProjectID, SessionID)] {
                let here = SessionTarget(projectID: project, sessionID: id)
                #expect(await fault { _ = try await terminals.list(here, life.call) }?.kind == .notFound)
                #expect(await fault { _ = try await terminals.history(here, life.call) }?.kind == .notFound)
                #expect(await fault { _ = try await terminals.status(here, life.call) }?.kind == .notFound)
                let open = OctobotAPI.OpenTerminal.Params(projectID: project, sessionID: id)
                #expect(await fault { _ = try await terminals.open(open, life.call) }?.kind == .notFound)
                #expect(await fault { _ = try await terminals.prepare(open, life.call) }?.kind == .notFound)
            }
            let resize = OctobotAPI.ResizeTerminal.Params(sessionID: session.id, terminalID: "t", rows: 1, cols: 1)
            #expect(await fault { _ = try await terminals.resize(resize, life.call) }?.kind == .notFound)
            let subscribe = SubscribeTerminal.Params(sessionID: session.id, terminalID: "t")
            #expect(await fault { _ = try await terminals.subscribe(subscribe, life.call) }?.kind == .notFound)
            let bad = WriteTerminal.Params(sessionID: session.id, terminalID: "t", data: "!", encoding: .base64)
            #expect(await fault { _ = try await terminals.input(bad, life.call) }?.kind == .invalidParams)
        }
    }

    // MARK: Root

    @Test("a root shell is held here: several see the same, it says that it ends with the daemon, and it does")
    func root() async throws {
        try await withHouse { house in
            let shell = Mutex<MockRootTerminal?>(nil)
            house.mock.openRoot { rows, columns in
                let terminal = MockRootTerminal(rows: rows, columns: columns)
                shell.withLock { $0 = terminal }
                return terminal
            }
            try await house.live { life in
                let session = try await life.makeSession()
                let terminals = life.services.terminals
                let params = OctobotAPI.OpenTerminal.Params(
                    sessionID: session.id,
                    id: "r",
                    rows: 10,
                    cols: 20,
                    root: true
                )
                let opened = try await terminals.open(params, life.call)
                #expect(opened.root && !opened.survivesRestart && opened.rows == 10)
                #expect(try await terminals.open(params, life.call).openedAt == opened.openedAt)
                let subscribe = SubscribeTerminal.Params(sessionID: session.id, terminalID: "r", from: .start)
                var (one, other) = (Seen(), Seen())
                let first = try await terminals.subscribe(subscribe, life.call)
                try await one.read(first) { $0.text == "# " }
                let second = try await terminals.subscribe(subscribe, life.call)
                _ = try await terminals.input(
                    WriteTerminal.Params(sessionID: session.id, terminalID: "r", data: "id"),
                    life.call
                )
                try await one.read(first) { $0.text == "# id" }
                try await other.read(second) { $0.text == "# id" }
                let listed = try await terminals.list(SessionTarget(sessionID: session.id), life.call).items
                #expect(listed.first?.viewers == 2 && listed.first?.offset == 4)
                let root = try #require(shell.withLock { $0 })
                _ = try await terminals.resize(
                    OctobotAPI.ResizeTerminal.Params(sessionID: session.id, terminalID: "r", rows: 5, cols: 6),
                    life.call
                )
                #expect(root.size == (5, 6))
                let own = OctobotAPI.OpenTerminal.Params(sessionID: session.id, id: "u", command: ["id"], root: true)
                #expect(await fault { _ = try await terminals.open(own, life.call) }?.kind == .invalidParams)
            }
            let root = try #require(shell.withLock { $0 })
            #expect(try await root.exitCode() == 129)
        }
    }

    @Test("where sandboxes have no root the refusal says so")
    func noRoot() async throws {
        try await withSession { life, session in
            let params = OctobotAPI.OpenTerminal.Params(sessionID: session.id, root: true)
            let refused = await fault { _ = try await life.services.terminals.open(params, life.call) }
            #expect(refused?.kind == .unavailable && refused?.hint != nil)
        }
    }

    @Test("a root shell nobody views is closed when its time is over")
    func idleRoot() async throws {
        let terminal = MockRootTerminal(rows: 1, columns: 1)
        let shell = RootShell("r", of: "s", terminal, rows: 1, columns: 1, idle: .milliseconds(30), bells: Bells())
        let run = Task { await shell.run() }
        #expect(try await terminal.exitCode() == 129)
        run.cancel()
        await run.value
    }

    @Test("a viewer of a root shell that the output overtook is told what it missed")
    func overrun() async throws {
        let terminal = MockRootTerminal(rows: 1, columns: 1)
        let shell = RootShell("r", of: "s", terminal, rows: 1, columns: 1, idle: .seconds(60), bells: Bells())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await shell.run() }
            let viewer = shell.view(from: 0)
            let flood = [UInt8](repeating: UInt8(ascii: "x"), count: 5 << 20)
            try await terminal.write(flood)
            terminal.end(exitCode: 3)
            while shell.isRunning { await Task.yield() }
            let gap = try #require(try await viewer.next())
            #expect(gap.kind == .gap && gap.position == UInt64(flood.count + 2 - (4 << 20)))
            var position = gap.position
            while let record = try await viewer.next(), record.kind == .output {
                #expect(record.position == position)
                position += UInt64(record.payload.count)
            }
            #expect(position == UInt64(flood.count + 2))
            group.cancelAll()
        }
    }
}
