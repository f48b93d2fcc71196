import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl terminal subscribe`.
struct TerminalSubscribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscribe",
        abstract: "Print the output of a terminal, without typing.",
        discussion: """
            From the oldest byte kept, unless --from says otherwise; with --follow until its program ends. With \
            --output ndjson one {"offset","data","encoding"} a line.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var reference: TerminalReference

    @Flag(name: .shortAndLong, help: "Wait for what comes.")
    var follow = false

    @Option(help: ArgumentHelp("Begin there: start, now, or after a cursor.", valueName: "position"))
    var from: String?

    func run() async throws {
        try await global.connected { connected in
            let params = SubscribeTerminal.Params(
                projectID: connected.project,
                sessionID: reference.sessionID,
                terminalID: reference.terminalID,
                from: EventOptions.position(from, default: .start)
            )
            for try await element in connected.client.terminal(params) {
                switch element {
                case .bytes(let bytes, let offset):
                    if connected.format == .table {
                        connected.console.write(bytes: bytes)
                    } else {
                        connected.console.line(bytes: try JSONCoding.encode(TerminalBytes(bytes, offset: offset)))
                    }
                case .synced: if !follow { return }
                case .gap: connected.console.note("A part of the output is no longer kept.", .yellow)
                case .reconnecting: connected.console.note("The connection was lost; connecting again …", .dim)
                case .exited(let code): return connected.console.note("The program ended with status \(code).", .dim)
                case .end(let reason, _):
                    return connected.console.note("The output ended: \(TerminalText.line(reason)).")
                case .started, .item, .snapshot, .bookmark: break
                }
            }
        }
    }
}

/// `octoctl terminal status`.
struct TerminalStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show whether a session's terminals can be reached; does not start its sandbox."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session's id. (default: the latest of the current folder's workspace)")
    var session: String?

    func run() async throws {
        try await global.connected { connected in
            let id = try await connected.session(session)
            try await connected.show(
                ReadTerminalStatus.self,
                SessionTarget(projectID: connected.project, sessionID: id)
            )
        }
    }
}

/// `octoctl terminal history`.
struct TerminalHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show what was recorded of a session's terminals: nothing is."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session's id. (default: the latest of the current folder's workspace)")
    var session: String?

    func run() async throws {
        try await global.connected { connected in
            let id = try await connected.session(session)
            let params = try JSONCoding.encode(SessionTarget(projectID: connected.project, sessionID: id))
            let bytes = try await connected.client.call(ReadTerminalHistory.name, params: params)
            connected.confirm("Nothing is recorded.", bytes)
        }
    }
}

extension Connected {
    /// The terminal of this id.
    ///
    /// - Throws: ``Failure`` when there is none.
    func terminal(_ id: TerminalID, in session: SessionID) async throws -> Terminal {
        let params = SessionTarget(projectID: project, sessionID: session)
        let terminals = try await client.call(ListTerminals.self, params).items
        guard let terminal = terminals.first(where: { $0.id == id }) else {
            throw Failure(
                "Session \(session) has no terminal '\(id)'.",
                hint: "'octoctl terminal list \(session)' shows those there are.",
                status: .notFound
            )
        }
        return terminal
    }
}

extension Terminal: Tabular {
    static let columns = ["ID", "STATE", "SIZE", "USER", "VIEWERS", "OPENED", "COMMAND"]
    var cells: [String] {
        [
            id.rawValue, state, "\(rows)x\(cols)", root ? "root" : "", "\(viewers)", openedAt.short,
            command.joined(separator: " "),
        ]
    }

    private var state: String { running ? "running" : exitCode.map { "ended (\($0))" } ?? "ended" }
}

extension Terminal: Describable {
    var fields: [Field] {
        [
            Field("id", id.rawValue), Field("session", sessionID.rawValue),
            Field("command", command.isEmpty ? nil : command.joined(separator: " ")),
            Field("user", root ? "root" : nil), Field("running", running ? "yes" : "no"),
            Field("exit status", exitCode.map(String.init)), Field("size", "\(rows) rows, \(cols) columns"),
            Field("output", "\(offset) bytes, kept from \(oldest)"), Field("viewers", "\(viewers)"),
            Field("opened", openedAt.short),
            Field("ends with the daemon", survivesRestart ? nil : "yes"),
        ].compactMap { $0 }
    }
}

extension TerminalStatus: Describable {
    var fields: [Field] {
        [
            Field("status", status.rawValue), Field("image", image), Field("created", createdAt?.short),
            Field("error", error),
        ].compactMap { $0 }
    }
}
