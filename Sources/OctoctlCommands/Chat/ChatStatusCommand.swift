import ArgumentParser
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl chat status`.
struct ChatStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what a session works on and what waits."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session's id. (default: the latest of the current folder's workspace)")
    var session: String?

    func run() async throws {
        try await global.connected { connected in
            let id = try await connected.session(session)
            try await connected.show(ChatStatus.self, ChatStatus.Params(projectID: connected.project, sessionID: id))
        }
    }
}

extension ChatStatus.Result: Describable {
    var fields: [Field] {
        let running = Field("running", running.map { "\($0.id) \($0.state.rawValue)" } ?? "nothing")
        let queued = queued.map { Field("waiting", "\($0.id) since \($0.createdAt.short)") }
        return ([Field("session", sessionID.rawValue), running] + queued + [Field("cursor", cursor)]).compactMap { $0 }
    }
}

/// `octoctl chat cancel`.
struct ChatCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel a turn; those behind it go on."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session's id. (default: the latest of the current folder's workspace)")
    var session: String?

    @Option(help: "The turn's id. (default: the running one)")
    var turn: String?

    func run() async throws {
        try await global.connected { connected in
            let id = try await connected.session(session)
            let params = CancelChat.Params(
                projectID: connected.project,
                sessionID: id,
                turnID: turn.map { TurnID($0) }
            )
            try await connected.show(CancelChat.self, params)
        }
    }
}

extension Turn: Describable {
    var fields: [Field] {
        [
            Field("turn", id.rawValue), Field("session", sessionID.rawValue), Field("message", messageID),
            Field("state", state.rawValue), Field("reason", reason), Field("model", model),
            Field("created", createdAt.short), Field("started", startedAt?.short), Field("ended", endedAt?.short),
        ].compactMap { $0 }
    }
}
