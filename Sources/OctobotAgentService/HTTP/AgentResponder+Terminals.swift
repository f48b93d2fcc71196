import Foundation
import HTTPTypes
import HummingbirdCore
import SandboxAgentAPI

extension AgentResponder {
    func openTerminal(_ request: Request) async throws -> Response {
        let body = try await request.decode(OpenTerminal.self)
        return try .json(await blocking { [terminals] in try terminals.open(body) })
    }

    func listTerminals() throws -> Response { try .json(terminals.list) }

    func closeTerminal(_ id: String) async throws -> Response {
        try await terminals.terminal(id).close()
        return try .json(AgentSuccess())
    }

    func resizeTerminal(_ id: String, _ request: Request) async throws -> Response {
        let body = try await request.decode(ResizeTerminal.self)
        try terminals.terminal(id).resize(rows: body.rows, columns: body.columns)
        return try .json(AgentSuccess())
    }

    func typeIntoTerminal(_ id: String, _ request: Request) async throws -> Response {
        let terminal = try terminals.terminal(id)
        try await terminal.type(try await request.collect(AgentLimit.terminalInput))
        return try .json(AgentSuccess())
    }

    /// The output after position `from` as records, live until the end.
    func terminalOutput(_ id: String, _ request: Request) throws -> Response {
        let terminal = try terminals.terminal(id)
        guard let from = UInt64(request.query("from") ?? "0") else {
            throw HandRefusal.invalid("from is the position of a byte, counted from 0.")
        }
        guard from <= terminal.snapshot.end else { throw HandRefusal.positionAhead }
        return .records(on: connection) { TerminalViewer(terminal, from: from) }
    }

    /// The methods of what lies below one terminal; `nil` for paths that are none.
    static func terminalRoutes(_ path: String) -> [HTTPRequest.Method: Handler]? {
        guard path.hasPrefix(AgentPath.terminals + "/") else { return nil }
        let parts = path.dropFirst(AgentPath.terminals.count + 1).split(
            separator: "/",
            omittingEmptySubsequences: false
        )
        let id = String(parts.first ?? "")
        switch parts.dropFirst() {
        case []: return [.delete: { responder, _ in try await responder.closeTerminal(id) }]
        case ["output"]: return [.get: { try $0.terminalOutput(id, $1) }]
        case ["input"]: return [.post: { try await $0.typeIntoTerminal(id, $1) }]
        case ["size"]: return [.post: { try await $0.resizeTerminal(id, $1) }]
        default: return nil
        }
    }

    func runCommand(_ request: Request) async throws -> Response {
        let body = try await request.decode(RunCommand.self)
        let reader = try await blocking { [commands] in try commands.start(body) }
        return .records(on: connection) { CommandOutput(reader) }
    }

    static func wire(_ refusal: HandRefusal) -> HTTPRefusal {
        switch refusal {
        case .invalid(let text): HTTPRefusal(.badRequest, text)
        case .invalidSize:
            HTTPRefusal(
                .badRequest,
                ErrorBody(ErrorBody.invalidSize, message: "A terminal has 1 to 1000 rows and columns.")
            )
        case .terminalNotFound: HTTPRefusal(.notFound, "Terminal not found")
        case .positionAhead: HTTPRefusal(.badRequest, "from lies beyond the output there is.")
        case .commandNotFound(let name):
            HTTPRefusal(
                .notFound,
                ErrorBody(ErrorBody.commandNotFound, message: "'\(name)' is not in this sandbox's PATH.")
            )
        case .tooManyTerminals:
            HTTPRefusal(
                .tooManyRequests,
                ErrorBody(
                    ErrorBody.tooManyTerminals,
                    message: "\(AgentLimit.terminals) terminals are open in this sandbox; close one of them."
                )
            )
        case .tooManyCommands:
            HTTPRefusal(
                .tooManyRequests,
                ErrorBody(
                    ErrorBody.tooManyCommands,
                    message: "\(CommandSet.limit) commands run in this sandbox; wait for one of them."
                )
            )
        case .terminalStalled:
            HTTPRefusal(
                .conflict,
                ErrorBody(
                    ErrorBody.terminalStalled,
                    message: "The program in the terminal does not take what is typed; the rest was dropped."
                )
            )
        case .terminalEnded:
            HTTPRefusal(
                .conflict,
                ErrorBody(ErrorBody.terminalEnded, message: "The program in the terminal has ended.")
            )
        case .exhausted(let text): HTTPRefusal(.serviceUnavailable, text)
        }
    }
}
