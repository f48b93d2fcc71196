import Foundation
package import SandboxAgentAPI
import Synchronization

/// What people do in a mock sandbox by hand: terminals that echo, commands that follow a script, files in memory.
package final class MockHands: Sendable {
    /// What a command prints and how it ends.
    package typealias Command = @Sendable (RunCommand) -> (output: String, errors: String, end: CommandEnd)

    private struct Terminal {
        var state: TerminalState
        var output: [UInt8]
        /// Opened and replaced whenever something is added.
        var bell = MockGate()
    }

    private struct State {
        var command: Command = { _ in ("mock output", "", CommandEnd(exitCode: 0)) }
        var use = SandboxUse(memoryBytes: 1 << 20, cpuMilliseconds: 10, processes: 1, diskBytes: 0)
        var files: [String: [UInt8]] = [:]
        var terminals: [String: Terminal] = [:]
        var order: [String] = []
        var commands: [RunCommand] = []
    }

    private let state = Mutex(State())

    // MARK: For tests

    /// What commands do from now on.
    package func answerCommands(_ command: @escaping Command) { state.withLock { $0.command = command } }
    /// The commands that were run.
    package var commands: [RunCommand] { state.withLock { $0.commands } }
    package func setUse(_ use: SandboxUse) { state.withLock { $0.use = use } }
    /// The content of a file.
    package func file(_ path: String) -> [UInt8]? { state.withLock { $0.files[path] } }
    /// Ends a terminal's program.
    package func endTerminal(_ id: String, exitCode: Int) throws(SandboxAgentError) {
        try change(id) { terminal in
            terminal.state.isRunning = false
            terminal.state.exitCode = exitCode
        }
    }

    // MARK: Terminals

    func open(_ terminal: OpenTerminal) throws(SandboxAgentError) -> TerminalState {
        guard (1...1000).contains(terminal.rows), (1...1000).contains(terminal.columns) else {
            throw .refused(status: 400, code: "invalid_size", message: "Sizes are 1 to 1000.")
        }
        return try state.withLock { state throws(SandboxAgentError) in
            if let known = state.terminals[terminal.id] { return known.state }
            guard state.terminals.values.count(where: \.state.isRunning) < AgentLimit.terminals else {
                throw .refused(status: 429, code: ErrorBody.tooManyTerminals, message: "Too many terminals.")
            }
            let opened = TerminalState(
                id: terminal.id,
                rows: terminal.rows,
                columns: terminal.columns,
                command: terminal.command ?? ["/bin/sh"],
                isRunning: true,
                oldest: 0,
                end: 2,
                viewers: 0,
                openedAt: Int64(Date().timeIntervalSince1970 * 1000)
            )
            state.terminals[terminal.id] = Terminal(state: opened, output: Array("$ ".utf8))
            state.order.append(terminal.id)
            return opened
        }
    }

    var terminals: [TerminalState] {
        state.withLock { state in state.order.compactMap { state.terminals[$0]?.state } }
    }

    func write(_ id: String, _ bytes: [UInt8]) throws(SandboxAgentError) {
        try change(id) { terminal in
            terminal.output += bytes
            terminal.state.end = UInt64(terminal.output.count)
        }
    }

    func resize(_ id: String, rows: Int, columns: Int) throws(SandboxAgentError) {
        guard (1...1000).contains(rows), (1...1000).contains(columns) else {
            throw .refused(status: 400, code: "invalid_size", message: "Sizes are 1 to 1000.")
        }
        try change(id) { terminal in
            terminal.state.rows = rows
            terminal.state.columns = columns
        }
    }

    func close(_ id: String) throws(SandboxAgentError) {
        try change(id) { terminal in
            terminal.state.isRunning = false
            terminal.state.exitCode = 129
        }
    }

    func output(_ id: String, from position: UInt64) -> OutputRecords {
        OutputRecords { [self] in Reader(hands: self, id: id, position: position) }
    }

    private func change(_ id: String, _ body: (inout Terminal) -> Void) throws(SandboxAgentError) {
        let bell = state.withLock { state -> MockGate? in
            guard var terminal = state.terminals[id] else { return nil }
            body(&terminal)
            let bell = terminal.bell
            terminal.bell = MockGate()
            state.terminals[id] = terminal
            return bell
        }
        guard let bell else { throw .notFound }
        bell.open()
    }

    private final class Reader: OutputRecordReader {
        private let hands: MockHands
        private let id: String
        private var position: UInt64

        init(hands: MockHands, id: String, position: UInt64) {
            self.hands = hands
            self.id = id
            self.position = position
        }

        func read(isolation actor: isolated (any Actor)?) async throws -> [OutputRecord] {
            while true {
                guard let terminal = hands.state.withLock({ $0.terminals[id] }) else {
                    throw SandboxAgentError.notFound
                }
                let new = Array(terminal.output.dropFirst(Int(position)))
                if !new.isEmpty {
                    defer { position += UInt64(new.count) }
                    return [OutputRecord(.output, position: position, payload: new)]
                }
                if let code = terminal.state.exitCode {
                    let end = Array(#"{"exitCode":\#(code)}"#.utf8)
                    return [OutputRecord(.end, position: position, payload: end)]
                }
                await terminal.bell.wait()
                try Task.checkCancellation()
            }
        }
    }

    // MARK: Commands and use

    func run(_ command: RunCommand) -> OutputRecords {
        let answer = state.withLock { state in
            state.commands.append(command)
            return state.command
        }(command)
        return OutputRecords { Finished(answer) }
    }

    var use: SandboxUse { state.withLock { $0.use } }

    private final class Finished: OutputRecordReader {
        private let answer: (output: String, errors: String, end: CommandEnd)

        init(_ answer: (output: String, errors: String, end: CommandEnd)) { self.answer = answer }

        func read(isolation actor: isolated (any Actor)?) async throws -> [OutputRecord] {
            var records: [OutputRecord] = []
            if !answer.output.isEmpty {
                records.append(OutputRecord(.output, position: 0, payload: Array(answer.output.utf8)))
            }
            if !answer.errors.isEmpty {
                records.append(OutputRecord(.errors, position: 0, payload: Array(answer.errors.utf8)))
            }
            let end = try JSONEncoder().encode(answer.end)
            return records + [OutputRecord(.end, position: 0, payload: Array(end))]
        }
    }

    // MARK: Files

    func list(_ path: String) -> FolderListing {
        let names = state.withLock { $0.files }
            .filter { path == "." ? !$0.key.contains("/") : $0.key.hasPrefix(path + "/") }
        let entries = names.map { FolderListing.Entry(name: $0.key, type: .file, size: $0.value.count) }
        return FolderListing(path: path, entries: entries.sorted { $0.name < $1.name })
    }

    func read(_ path: String, offset: Int?, length: Int?) throws(SandboxAgentError) -> FileContent {
        guard let bytes = state.withLock({ $0.files[path] }) else { throw .notFound }
        let part = bytes.dropFirst(offset ?? 0).prefix(length ?? .max)
        return FileContent(
            path: path,
            content: String(decoding: part, as: UTF8.self),
            encoding: .utf8,
            size: bytes.count,
            version: Self.version(bytes)
        )
    }

    func write(_ file: WriteFile) throws(SandboxAgentError) -> FileWritten {
        let path = file.path ?? ""
        let bytes =
            file.encoding == .base64
            ? Data(base64Encoded: file.content ?? "").map(Array.init) ?? [] : Array((file.content ?? "").utf8)
        let isFresh = state.withLock { state in
            if let version = file.version, version != state.files[path].map(Self.version) ?? "" { return false }
            state.files[path] = bytes
            return true
        }
        guard isFresh else {
            throw .refused(status: 409, code: ErrorBody.versionConflict, message: "The file has changed.")
        }
        return FileWritten(path: path, size: bytes.count, version: Self.version(bytes))
    }

    func delete(_ path: String) throws(SandboxAgentError) -> FileDeleted {
        guard state.withLock({ $0.files.removeValue(forKey: path) }) != nil else { throw .notFound }
        return FileDeleted(path: path, type: .file)
    }

    func rename(_ old: String, to new: String) throws(SandboxAgentError) -> RenameFile {
        let isThere = state.withLock { state in
            guard let bytes = state.files.removeValue(forKey: old) else { return false }
            state.files[new] = bytes
            return true
        }
        guard isThere else { throw .notFound }
        return RenameFile(oldPath: old, newPath: new)
    }

    private static func version(_ bytes: [UInt8]) -> String { "\(bytes.count)-\(bytes.hashValue)" }
}
