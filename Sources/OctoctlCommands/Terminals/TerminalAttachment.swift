import Foundation
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// The person's terminal joined to one in a sandbox, until the program there ends or the person leaves.
struct TerminalAttachment: Sendable {
    let connected: Connected
    let terminal: Terminal

    private enum Ending: Sendable {
        case exited(Int32)
        /// The person left, and the shell goes on.
        case left
        /// The program's input is over; what it still prints is waited for.
        case inputEnded
        case signal(Int32)
    }

    /// Ctrl-].
    private static let leaving: UInt8 = 0x1D
    /// Ctrl-D.
    private static let endOfInput: UInt8 = 0x04

    /// - Parameter window: The size to give a shell that is open already.
    /// - Returns: The exit status.
    func run(window: WindowSize?) async throws -> Int32 {
        let signals = SignalStream([SIGWINCH, SIGTERM, SIGHUP, SIGINT])
        let raw = RawTerminal(STDIN_FILENO)
        defer { raw?.restore() }
        let ending = try await withThrowingTaskGroup(of: Ending.self) { group in
            let (ready, go) = AsyncStream<Void>.makeStream()
            group.addTask { try await show(whenSynced: { go.finish() }) }
            group.addTask {
                // What the person's terminal answers to output of long ago must not be typed.
                for await _ in ready {}
                if let window { try await resize(window) }
                return try await type(raw != nil)
            }
            group.addTask { try await watch(signals, isRaw: raw != nil) }
            defer { group.cancelAll() }
            while let ending = try await group.next() {
                if case .inputEnded = ending { continue }
                return ending
            }
            return .left
        }
        if case .exited = ending {} else if raw != nil { connected.console.write(Self.tidy) }
        raw?.restore()
        switch ending {
        case .exited(let status): return status
        case .signal(let number): return 128 + number
        case .left, .inputEnded:
            connected.console.note(
                "Left. Come back with: octoctl terminal \(terminal.sessionID) --attach \(terminal.id)",
                .dim
            )
            return 0
        }
    }

    /// What a full-screen program may have left behind: other screen, hidden cursor, mouse and paste reports, colours.
    private static let tidy =
        "\u{1B}[?1049l\u{1B}[?25h\u{1B}[?1000l\u{1B}[?1002l\u{1B}[?1003l\u{1B}[?1006l\u{1B}[?2004l\u{1B}[?1l\u{1B}>\u{1B}[0m\r\n"

    // MARK: Output

    private func show(whenSynced synced: () -> Void) async throws -> Ending {
        defer { synced() }
        let params = SubscribeTerminal.Params(
            projectID: connected.project,
            sessionID: terminal.sessionID,
            terminalID: terminal.id,
            from: .start
        )
        for try await element in connected.client.terminal(params) {
            switch element {
            case .bytes(let bytes, _): connected.console.write(bytes: bytes)
            case .synced: synced()
            case .gap: note("A part of the output is no longer kept.")
            case .reconnecting: note("The daemon went away; waiting for it …")
            case .exited(let code): return .exited(Int32(clamping: code))
            case .end(let reason, _):
                throw Failure("The terminal ended: \(TerminalText.line(reason)).", status: .undecided)
            case .started, .item, .snapshot, .bookmark: break
            }
        }
        throw ClientError.disconnected
    }

    private func note(_ text: String) { connected.console.prompt("\r\n[\(text)]", .dim, end: "\r\n") }

    // MARK: Input

    private func type(_ isRaw: Bool) async throws -> Ending {
        let input = InputReader(STDIN_FILENO)
        var endsLine = true
        while let bytes = try await input.next() {
            if isRaw, let end = bytes.firstIndex(of: Self.leaving) {
                try await send(Array(bytes[..<end]))
                return .left
            }
            endsLine = bytes.last == UInt8(ascii: "\n")
            try await send(bytes)
        }
        guard !isRaw else { return .left }
        // The first one after an unfinished line only sends that line (termios(3), VEOF).
        try await send(Array(repeating: Self.endOfInput, count: endsLine ? 1 : 2))
        return .inputEnded
    }

    private func send(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        let text = String(validating: bytes, as: UTF8.self)
        let params = WriteTerminal.Params(
            projectID: connected.project,
            sessionID: terminal.sessionID,
            terminalID: terminal.id,
            data: text ?? Data(bytes).base64EncodedString(),
            encoding: text == nil ? .base64 : nil
        )
        try await tolerating { _ = try await connected.client.call(WriteTerminal.self, params) }
    }

    private func resize(_ window: WindowSize) async throws {
        let params = ResizeTerminal.Params(
            projectID: connected.project,
            sessionID: terminal.sessionID,
            terminalID: terminal.id,
            rows: window.rows,
            cols: window.columns
        )
        try await tolerating { _ = try await connected.client.call(ResizeTerminal.self, params) }
    }

    /// What was typed while the daemon went away is lost rather than typed twice; a program that has ended takes nothing,
    /// which its output says better.
    private func tolerating(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch ClientError.disconnected {
            note("The daemon went away; what was just typed may be lost.")
        } catch let refusal as Refusal where [.invalidState, .notFound, .shuttingDown].contains(refusal.fault.kind) {
            if refusal.fault.reason == "terminal.stalled" { note(refusal.fault.message) }
        }
    }

    private func watch(_ signals: SignalStream, isRaw: Bool) async throws -> Ending {
        for await number in signals.numbers {
            guard number == SIGWINCH else { return .signal(number) }
            if isRaw { try await resize(.current) }
        }
        // The task is cancelled.
        return .left
    }
}
