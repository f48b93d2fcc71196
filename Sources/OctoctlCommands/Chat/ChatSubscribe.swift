import ArgumentParser
import JSONText
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
            sandbox. "snapshot" shows the messages of the turns that have ended instead of how they came about, as \
            {"kind":"message","message":…} in JSON.

              octoctl chat subscribe SESSION --follow --output ndjson
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session's id. (default: the latest of the current folder's workspace)")
    var id: String?

    @Flag(name: .shortAndLong, help: "Wait for what comes.")
    var follow = false

    @Option(help: ArgumentHelp("Begin there: start, now, snapshot, or after a cursor.", valueName: "position"))
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
                case .snapshot(let messages, _): try show(messages, &renderer, on: connected)
                case .synced: if !follow { return connected.console.show(renderer.finish()) }
                case .reconnecting: connected.console.note("The connection was lost; connecting again …", .dim)
                case .gap(let reason, _, _):
                    connected.console.note("A part of the log is gone: \(TerminalText.line(reason)).", .yellow)
                case .end(let reason, _):
                    return connected.console.note("The log ended: \(TerminalText.line(reason)).")
                case .started, .bytes, .bookmark, .exited: break
                }
            }
        }
    }

    /// Shows the messages of a snapshot; items of the log have another `kind`.
    private func show(_ messages: [[UInt8]], _ renderer: inout ChatRenderer, on connected: Connected) throws {
        for text in messages {
            let message = try JSONValue(parsing: text)
            if connected.format == .table {
                connected.console.show(renderer.render(message))
            } else {
                let item: JSONValue = ["kind": "message", "message": message]
                connected.console.line(bytes: item.serialized())
            }
        }
    }
}
