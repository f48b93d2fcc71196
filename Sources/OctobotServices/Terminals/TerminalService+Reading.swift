package import OctobotAPI
package import OctobotModel
import OctobotSandbox

extension TerminalService {
    /// The most bytes of a notification's piece: JSON writes each with six bytes at most, and a notification stays below
    /// 48 KiB (rpc.md §5).
    static let pieceSize = 8000

    /// `terminal.subscribe`.
    package func subscribe(_ params: SubscribeTerminal.Params, _ call: Call) async throws(Fault) -> LogReader {
        let terminal = try await terminal(params.terminalID, in: params.sessionID, params.project)
        let state = try await terminal.state()
        let position: Int64
        switch params.from ?? .now {
        case .now: position = state.offset
        case .start: position = state.oldest
        case .cursor(let text):
            let head = state.offset
            position = try Cursor(terminal: terminal.id, of: terminal.session.id, position: head)
                .position(in: text, head: head)
        case .snapshot:
            throw .invalidParams(
                "Terminals have no snapshot.",
                pointer: "/from/type",
                rule: "enum",
                expected: "now, start or cursor",
                got: "snapshot"
            )
        }
        return terminal.reader(
            from: UInt64(clamping: position),
            head: UInt64(clamping: state.offset),
            pieceSize: Self.pieceSize
        )
    }

    /// `terminal.status`.
    package func status(_ params: SessionTarget, _ call: Call) async throws(Fault) -> TerminalStatus {
        let session = try await ledger.session(params.sessionID, in: params.project)
        let sandbox: Sandbox?
        do {
            sandbox = try await providers.named(session.provider).sandbox(session.id)
        } catch let fault as Fault {
            return TerminalStatus(status: .unavailable, error: fault.message)
        } catch {
            return TerminalStatus(status: .unavailable, error: "\(error)")
        }
        guard let sandbox else { return TerminalStatus(status: .notCreated) }
        return TerminalStatus(
            status: .init(sandbox.status),
            image: sandbox.image,
            createdAt: session.createdAt,
            error: sandbox.error
        )
    }
}

extension TerminalStatus.State {
    fileprivate init(_ status: SandboxStatus) {
        switch status {
        case .created: self = .created
        case .removed: self = .notCreated
        case .running: self = .running
        case .stopped: self = .stopped
        case .failed: self = .failed
        }
    }
}

extension Cursor {
    /// A position in the output of a terminal.
    init(terminal id: TerminalID, of session: SessionID, position: Int64) {
        stream = "terminal.\(session).\(id)"
        self.position = position
    }
}
