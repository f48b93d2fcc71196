import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl event`.
struct EventCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event",
        abstract: "What changed in the project.",
        subcommands: [EventSubscribe.self]
    )
}

/// `octoctl event subscribe`.
struct EventSubscribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscribe",
        abstract: "Print the events of the project; the same as 'events'.",
        discussion: EventOptions.discussion
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: EventOptions

    func run() async throws { try await options.run(global) }
}

/// `octoctl events`.
struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the events of the project.",
        discussion: EventOptions.discussion
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: EventOptions

    func run() async throws { try await options.run(global) }
}

/// Which events are printed, and for how long.
struct EventOptions: ParsableArguments {
    static let discussion = """
        Without --follow all that are kept are printed; with it those to come, until it is interrupted. A lost connection \
        is made again, and nothing is printed twice or left out.

          octoctl events --follow
          octoctl events --from CURSOR --output ndjson
        """

    @Flag(name: .shortAndLong, help: "Wait for what comes.")
    var follow = false

    @Option(help: ArgumentHelp("Begin there: start, now, or after a cursor.", valueName: "position"))
    var from: String?

    var position: StartPosition { Self.position(from, default: follow ? .now : .start) }

    /// The position people write.
    static func position(_ text: String?, default position: StartPosition) -> StartPosition {
        switch text {
        case nil: position
        case "start"?: .start
        case "now"?: .now
        case "snapshot"?: .snapshot
        case let cursor?: .cursor(cursor)
        }
    }

    func run(_ global: GlobalOptions) async throws {
        try await global.connected { connected in
            let params = SubscribeEvents.Params(projectID: connected.project, from: position)
            for try await element in connected.client.events(params) {
                switch element {
                case .item(let event, _, _, let json): Self.print(event, json, on: connected)
                case .synced: if !follow { return }
                case .gap(let reason, let from, let to):
                    connected.console.note("Events from \(from) to \(to) are gone: \(reason).", .yellow)
                case .reconnecting: connected.console.note("The connection was lost; connecting again …", .dim)
                case .end(let reason, _): return connected.console.note("The stream ended: \(reason).")
                case .started, .bytes, .snapshot, .bookmark, .exited: break
                }
            }
        }
    }

    private static func print(_ event: Event, _ json: [UInt8], on connected: Connected) {
        guard connected.format == .table else { return connected.console.line(bytes: json) }
        connected.console.line(line(of: event))
    }

    /// An event on one line: when, what, and its facts.
    static func line(of event: Event) -> String {
        let facts = (event.data.objectValue ?? [:]).sorted { $0.key < $1.key }.compactMap { name, value -> String? in
            switch value {
            case .string(let text): text.isEmpty ? nil : "\(name)=\(text)"
            case .integer, .number, .bool: "\(name)=\(String(decoding: value.serialized(), as: UTF8.self))"
            default: nil
            }
        }
        return TerminalText.line("\(event.timestamp.short)  \(event.type.rawValue)  \(facts.joined(separator: " "))")
    }
}
