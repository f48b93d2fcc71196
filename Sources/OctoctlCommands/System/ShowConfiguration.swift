import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl config` and `octoctl system config`.
struct ShowConfiguration: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show the daemon's settings and where each comes from; secrets are hidden."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.connected { connected in
            let bytes = try await connected.client.call(SystemConfig.name, params: Array("{}".utf8))
            let result = try connected.decode(SystemConfig.Result.self, from: bytes)
            switch connected.format {
            case .json: connected.console.line(bytes: bytes)
            case .ndjson: for entry in result.entries { connected.console.line(bytes: try JSONCoding.encode(entry)) }
            case .table:
                let table = Table(["NAME", "VALUE", "SOURCE"], result.entries.map { [$0.name, $0.value, $0.source] })
                connected.console.lines(table.lines(width: nil))
            }
        }
    }
}

/// `octoctl socket`.
struct ShowSocket: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "socket",
        abstract: "Print the path of the daemon's socket.",
        discussion: """
            $OCTOBOT_SOCKET, else $XDG_RUNTIME_DIR/octobot/octobotd.sock, else /run/octobot/octobotd.sock for root and \
            octobot/run/octobotd.sock below $XDG_STATE_HOME (~/.local/state) for others.
            """
    )

    @OptionGroup var global: GlobalOptions

    func run() throws {
        Console.standard.line(try global.endpoint().socketPath)
    }
}

/// `octoctl version`.
struct ShowVersion: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the versions of octoctl and of the daemon, if one runs."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let daemon: String?
        do {
            daemon = try await global.connected(startsDaemon: false) { connected in
                try await connected.client.call(SystemVersion.self).version
            }
        } catch let failure where Failure(failure)?.status == Failure.Status.unavailable.rawValue {
            daemon = nil
        }
        let console = Console.standard
        switch global.output {
        case .table: console.lines(["octoctl \(ProgramVersion.current)", "octobotd \(daemon ?? "not running")"])
        case .json, .ndjson:
            let members: [String: JSONValue] = [
                "octoctl": .string(ProgramVersion.current), "octobotd": daemon.map { .string($0) } ?? .null,
            ]
            console.line(bytes: JSONValue.object(members).serialized())
        }
    }
}
