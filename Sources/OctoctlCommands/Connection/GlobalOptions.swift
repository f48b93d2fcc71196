import ArgumentParser
import Foundation
import OctobotClient
import OctobotModel

/// The options every command takes, before or after its name.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .long],
        help: "How results are printed: for people, as the JSON result, or as JSON with one item a line."
    )
    var output: OutputFormat = .table

    @Option(help: ArgumentHelp("The project to work in. (default: local)", valueName: "id"))
    var project: String?

    @Option(
        help: ArgumentHelp("The daemon's socket. (default: what 'octoctl socket' prints)", valueName: "path"),
        completion: .file()
    )
    var socket: String?

    @Flag(name: .customLong("no-spawn"), help: "Do not start the daemon when nothing listens.")
    var isSpawnForbidden = false

    /// The project named; the daemon takes `local` for none.
    var projectID: ProjectID? { project.map { ProjectID($0) } }

    /// Where the daemon is expected, and whether it may be started.
    ///
    /// - Throws: ``Failure`` when the socket's path cannot be one.
    func endpoint(startsDaemon: Bool = true) throws -> DaemonEndpoint {
        var environment = ProcessInfo.processInfo.environment
        if let socket {
            // The daemon, if it is started, listens there too.
            environment["OCTOBOT_SOCKET"] = FilePath.absolute(socket)
        }
        do {
            return try DaemonEndpoint(environment: environment, startsDaemon: startsDaemon && !isSpawnForbidden)
        } catch {
            throw Failure("\(error)", status: .configuration)
        }
    }

    /// Connects, runs `body`, disconnects.
    ///
    /// - Parameter dialsFirst: Whether there has to be a daemon before `body` runs; else the first call connects.
    @discardableResult
    func connected<Value: Sendable>(
        startsDaemon: Bool = true,
        dialsFirst: Bool = true,
        _ body: (Connected) async throws -> Value
    ) async throws -> Value {
        let console = Console.standard
        let endpoint = try endpoint(startsDaemon: startsDaemon)
        return try await OctobotClient.with(
            endpoint,
            name: "octoctl",
            version: ProgramVersion.current,
            dialsFirst: dialsFirst,
            onStart: { console.note("Starting \($0) …", .dim) },
            { client in
                try await body(Connected(client: client, project: projectID, format: output, console: console))
            }
        )
    }
}

/// How results are printed.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// Aligned, for people.
    case table
    /// The result as the daemon gave it.
    case json
    /// JSON, one item a line.
    case ndjson
}
