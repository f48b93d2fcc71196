import ArgumentParser
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl chat subscribe`.
struct ChatSubscribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscribe",
        abstract: "Print the chat log of a session, without sending anything.",
        discussion: """
            From its start, unless --from says otherwise; with --follow it waits for what comes. Reading never wakes the \
            sandbox.

              octoctl chat subscribe SESSION --follow --output ndjson
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session's id. (default: the latest of the current folder's workspace)")
    var id: String?

    @Flag(name: .shortAndLong, help: "Wait for what comes.")
    var follow = false

    @Option(help: ArgumentHelp("Begin there: start, now, or after a cursor.", valueName: "position"))
    var from: String?

    func run() async throws {
        try await global.connected { connected in
            let session = try await connected.session(id)
            let params = SubscribeChat.Params(
                projectID: connected.project,
                sessionID: session,
                from: EventOptions.position(from, default: .start)
            )
            var renderer = ChatRenderer(showsPrompts: true)
            for try await element in connected.client.chat(params) {
                switch element {
                case .item(let item, _, _, let json):
                    if connected.format == .table {
                        connected.console.show(renderer.render(item))
                    } else {
                        connected.console.line(bytes: json)
                    }
                case .synced: if !follow { return connected.console.show(renderer.finish()) }
                case .reconnecting: connected.console.note("The connection was lost; connecting again …", .dim)
                case .gap(let reason, _, _):
                    connected.console.note("A part of the log is gone: \(TerminalText.line(reason)).", .yellow)
                case .end(let reason, _):
                    return connected.console.note("The log ended: \(TerminalText.line(reason)).")
                case .started, .bookmark: break
                }
            }
        }
    }
}
