import ArgumentParser
import Foundation
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// A terminal of a session, named on the command line.
struct TerminalReference: ParsableArguments {
    @Argument(help: "The session's id.")
    var session: String

    @Argument(help: "The terminal's id; 'octoctl terminal list' shows them.")
    var terminal: String

    var sessionID: SessionID { SessionID(session) }
    var terminalID: TerminalID { TerminalID(terminal) }
}

/// `octoctl terminal open`.
struct TerminalOpen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Open a terminal without working in it.",
        discussion: """
            It is closed when nobody has read its output for 10 minutes, and goes on when the daemon ends; a root shell \
            ends with the daemon.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session's id. (default: the latest of the current folder's workspace)")
    var session: String?

    @OptionGroup var options: TerminalOptions

    func run() async throws {
        try await global.connected { connected in
            let id = try await connected.session(session)
            try await connected.show(OpenTerminal.self, options.params(id, in: connected.project, .current))
        }
    }
}

/// `octoctl terminal list`.
struct TerminalList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the terminals of a session.",
        discussion: "Does not start its sandbox; one that does not run has no terminals."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session's id. (default: the latest of the current folder's workspace)")
    var session: String?

    func run() async throws {
        try await global.connected { connected in
            let params = SessionTarget(
                projectID: connected.project,
                sessionID: try await connected.session(session)
            )
            try await connected.list(ListTerminals.self, params, nothing: "No terminals.")
        }
    }
}

/// `octoctl terminal input`.
struct TerminalInput: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "input",
        abstract: "Type into a terminal.",
        discussion: "Standard input is typed when there is no TEXT; Enter is the character CR: $'ls\\r'."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var reference: TerminalReference

    @Argument(help: "What to type.")
    var text: String?

    func run() async throws {
        let bytes = try text.map { Array($0.utf8) } ?? InputLimit.read(.standardInput)
        let valid = String(validating: bytes, as: UTF8.self)
        try await global.connected { connected in
            let params = WriteTerminal.Params(
                projectID: connected.project,
                sessionID: reference.sessionID,
                terminalID: reference.terminalID,
                data: valid ?? Data(bytes).base64EncodedString(),
                encoding: valid == nil ? .base64 : nil
            )
            try await connected.perform(WriteTerminal.self, params, done: "Typed \(bytes.count) bytes.")
        }
    }
}

/// `octoctl terminal resize`.
struct TerminalResize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resize",
        abstract: "Change the size of a terminal."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var reference: TerminalReference

    @Argument(help: "Its height, 1 to 1000.")
    var rows: Int

    @Argument(help: "Its width, 1 to 1000.")
    var columns: Int

    func run() async throws {
        try await global.connected { connected in
            let params = ResizeTerminal.Params(
                projectID: connected.project,
                sessionID: reference.sessionID,
                terminalID: reference.terminalID,
                rows: rows,
                cols: columns
            )
            try await connected.perform(ResizeTerminal.self, params, done: "\(rows) rows, \(columns) columns.")
        }
    }
}

/// `octoctl terminal close`.
struct TerminalClose: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "End a terminal and everything that runs in it."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var reference: TerminalReference

    func run() async throws {
        try await global.connected { connected in
            let params = CloseTerminal.Params(
                projectID: connected.project,
                sessionID: reference.sessionID,
                terminalID: reference.terminalID
            )
            try await connected.perform(CloseTerminal.self, params, done: "Closed \(reference.terminal).")
        }
    }
}
