package import OctobotAPI
package import OctobotModel
import OctobotSandbox
import SandboxAgentAPI

/// One terminal, whoever holds it: the agent in the sandbox, or for root shells this daemon.
package struct HeldTerminal: Sendable {
    enum Holder: Sendable {
        case agent(any SandboxAgent)
        case root(RootShell)
    }

    package let id: TerminalID
    let session: Session
    let holder: Holder
    private let activity: SandboxActivity

    init(_ id: TerminalID, in session: Session, _ holder: Holder, activity: SandboxActivity) {
        self.id = id
        self.session = session
        self.holder = holder
        self.activity = activity
    }

    /// The state of the terminal now.
    ///
    /// - Throws: `NotFound` when it is gone.
    package func state() async throws(Fault) -> Terminal {
        switch holder {
        case .root(let shell): return shell.description
        case .agent(let agent):
            let states = try await asking("looking at a terminal") { () async throws(SandboxAgentError) in
                try await agent.terminals()
            }
            guard let state = states.first(where: { $0.id == id.rawValue }) else { throw .notFound("terminal", id) }
            return Terminal(state, of: session.id)
        }
    }

    /// Types; returns once the terminal has taken everything.
    package func write(_ bytes: [UInt8]) async throws(Fault) {
        activity.touch(session.id)
        switch holder {
        case .root(let shell):
            guard shell.isRunning else { throw Self.ended }
            try await shaping { () async throws(SandboxError) in try await shell.write(bytes) }
        case .agent(let agent):
            // The agent takes so much at a time.
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = Array(rest.prefix(AgentLimit.terminalInput))
                rest = rest.dropFirst(part.count)
                try await asking("typing into a terminal") { () async throws(SandboxAgentError) in
                    try await agent.writeTerminal(id.rawValue, part)
                }
            }
        }
    }

    package func resize(rows: Int, cols: Int) async throws(Fault) {
        activity.touch(session.id)
        switch holder {
        case .root(let shell):
            guard shell.isRunning else { throw Self.ended }
            try await shaping { () async throws(SandboxError) in try await shell.resize(rows: rows, columns: cols) }
        case .agent(let agent):
            try await asking("resizing a terminal") { () async throws(SandboxAgentError) in
                try await agent.resizeTerminal(id.rawValue, rows: rows, columns: cols)
            }
        }
    }

    /// Ends the program and everything that runs in it; one that has ended is no error.
    package func close() async throws(Fault) {
        switch holder {
        case .root(let shell): await shell.close()
        case .agent(let agent):
            try await asking("closing a terminal") { () async throws(SandboxAgentError) in
                try await agent.closeTerminal(id.rawValue)
            }
        }
    }

    /// A viewer of the output.
    ///
    /// - Parameters:
    ///   - head: How much output there was when the viewer came.
    ///   - pieceSize: The most bytes of an element.
    package func reader(from position: UInt64, head: UInt64, pieceSize: Int) -> LogReader {
        let (stream, activity) = (Cursor(terminal: id, of: session.id, position: 0), activity)
        let cursor = { @Sendable (position: UInt64) in
            var cursor = stream
            cursor.position = Int64(clamping: position)
            return cursor.description
        }
        let touch = { @Sendable [session] in activity.touch(session.id) }
        let reader: TerminalReader
        switch holder {
        case .root(let shell):
            let viewer = shell.view(from: position)
            reader = TerminalReader(
                from: position,
                head: head,
                pieceSize: pieceSize,
                cursor: cursor,
                onRead: touch,
                pull: { try await viewer.next() }
            )
        case .agent(let agent):
            var records = agent.terminalOutput(id.rawValue, from: position).makeAsyncIterator()
            reader = TerminalReader(
                from: position,
                head: head,
                pieceSize: pieceSize,
                cursor: cursor,
                onRead: touch,
                pull: { try await records.next() }
            )
        }
        return LogReader(cursor: cursor(position), head: cursor(head)) { try await reader.element() }
    }

    private func asking<Value: Sendable>(
        _ what: String,
        _ body: () async throws(SandboxAgentError) -> Value
    ) async throws(Fault) -> Value {
        do throws(SandboxAgentError) {
            return try await body()
        } catch {
            try SessionSandboxes.checkCancellation()
            throw error.fault(of: id, doing: what)
        }
    }

    private func shaping(_ body: () async throws(SandboxError) -> Void) async throws(Fault) {
        do throws(SandboxError) {
            try await body()
        } catch {
            try SessionSandboxes.checkCancellation()
            throw error.fault
        }
    }

    private static let ended = Fault.invalidState(
        "The program in the terminal has ended.",
        reason: "terminal.ended",
        state: "ended"
    )
}

extension SandboxAgentError {
    /// What a refusal about a terminal means to whoever asked.
    func fault(of id: TerminalID, doing what: String) -> Fault {
        switch self {
        case .notFound: .notFound("terminal", id)
        case .refused(_, ErrorBody.terminalEnded, let message):
            .invalidState(message, reason: "terminal.ended", state: "ended")
        case .refused(_, ErrorBody.terminalStalled, let message):
            .invalidState(message, reason: "terminal.stalled", state: "stalled")
        case .refused(_, ErrorBody.tooManyTerminals, _): .tooManyTerminals
        case .refused(_, ErrorBody.commandNotFound, let message):
            Fault(.notFound, message, reason: "command.notFound")
        default: fault(doing: what)
        }
    }
}

extension Terminal {
    /// A terminal of the agent, as the sandbox says it is.
    init(_ state: TerminalState, of session: SessionID) {
        self.init(
            id: TerminalID(state.id),
            sessionID: session,
            rows: min(max(state.rows, 1), 1000),
            cols: min(max(state.columns, 1), 1000),
            command: state.command,
            running: state.isRunning,
            exitCode: state.exitCode.map { min(max($0, 0), 255) },
            oldest: Int64(clamping: min(state.oldest, state.end)),
            offset: Int64(clamping: state.end),
            viewers: max(0, state.viewers),
            openedAt: Timestamp(milliseconds: state.openedAt),
            survivesRestart: true
        )
    }
}
