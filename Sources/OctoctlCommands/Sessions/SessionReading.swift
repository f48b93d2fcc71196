import ArgumentParser
import JSONText
import OctobotAPI
import OctobotModel

/// `octoctl session list`.
struct SessionList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List sessions, newest first."
    )

    @OptionGroup var global: GlobalOptions

    @Option(
        name: [.customShort("w"), .long],
        help: "Only those of this workspace: its id, path or URL.",
        completion: .directory
    )
    var workspace: String?

    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            var id: WorkspaceID?
            if let workspace { id = try await connected.workspaceID(workspace) }
            let workspace = id
            try await connected.list(ListSessions.self, page, nothing: "No sessions.") { limit, cursor in
                ListSessions.Params(projectID: connected.project, workspaceID: workspace, limit: limit, cursor: cursor)
            }
        }
    }
}

/// `octoctl session get`.
struct SessionGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show a session.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its id.")
    var session: String?

    func run() async throws {
        try await global.connected { connected in
            let id = try await connected.session(session)
            try await connected.show(GetSession.self, GetSession.Params(projectID: connected.project, sessionID: id))
        }
    }
}

/// `octoctl session messages`.
struct SessionMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages",
        abstract: "Print the conversation, as far as its turns have ended."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session's id.")
    var session: String?

    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            let id = try await connected.session(session)
            let messages = try await connected.values(ListMessages.self, page) { limit, cursor in
                ListMessages.Params(projectID: connected.project, sessionID: id, limit: limit, cursor: cursor)
            }
            switch connected.format {
            case .json: break
            case .ndjson: for message in messages { connected.console.line(bytes: message.serialized()) }
            case .table: for message in messages { connected.console.lines(Transcript.lines(of: message)) }
            }
        }
    }
}

/// `octoctl session kept`.
struct SessionKept: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kept",
        abstract: "List deleted sessions whose unmerged work is kept for 14 days."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        try await global.connected { connected in
            try await connected.list(ListKeptSessions.self, page, nothing: "Nothing is kept.") { limit, cursor in
                ListKeptSessions.Params(projectID: connected.project, limit: limit, cursor: cursor)
            }
        }
    }
}
