import ArgumentParser
import JSONText
import OctobotAPI
import OctobotClient
import OctobotModel

/// `octoctl service`.
struct ServiceCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract: "Background processes that a session's workspace declares.",
        discussion: """
            A service is a script in .octobot/services of the workspace, with what it is called and the port it serves on \
            at its head:

              #!/bin/sh
              #---
              # name: Dev UI
              # http: 3000
              #---
              exec npm run dev

            Without --session the latest session of the current folder's workspace is meant.

              octoctl service list
              octoctl service start ui
              octoctl service output ui
            """,
        subcommands: [ServiceList.self, ServiceStart.self, ServiceStop.self, ServiceOutputCommand.self]
    )
}

/// Whose services or hooks are meant.
struct ScriptOptions: ParsableArguments {
    @Option(help: "The session. (default: the latest of the current folder's workspace)")
    var session: String?
}

/// `octoctl service list`.
struct ServiceList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the services of a session; does not start its sandbox."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ScriptOptions

    func run() async throws {
        try await global.connected { connected in
            let params = SessionTarget(
                projectID: connected.project,
                sessionID: try await connected.session(options.session)
            )
            try await connected.list(ListServices.self, params, nothing: "No services, or the sandbox does not run.")
        }
    }
}

/// `octoctl service start`.
struct ServiceStart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start a service.",
        discussion: "A stopped sandbox is started. What an earlier run wrote is forgotten."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ScriptOptions

    @Argument(help: "The service's id.")
    var service: String

    func run() async throws {
        try await global.connected { connected in
            let params = try await connected.service(service, options)
            let bytes = try await connected.client.call(StartService.name, params: JSONCoding.encode(params))
            connected.confirm("Started \(TerminalText.line(service)).", bytes)
        }
    }
}

/// `octoctl service stop`.
struct ServiceStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop a service and everything it started."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ScriptOptions

    @Argument(help: "The service's id.")
    var service: String

    func run() async throws {
        try await global.connected { connected in
            let params = try await connected.service(service, options)
            let bytes = try await connected.client.call(StopService.name, params: JSONCoding.encode(params))
            connected.confirm("Stopped \(TerminalText.line(service)).", bytes)
        }
    }
}

/// `octoctl service output`.
struct ServiceOutputCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "output",
        abstract: "Print what a service wrote, and writes until it stops.",
        discussion: """
            Its output goes to standard output, its errors to standard error. Ctrl-C leaves and lets it run. With \
            --output ndjson one {"type","data","timestamp"} a line.
            """,
        aliases: ["subscribe"]
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ScriptOptions

    @Argument(help: "The service's id.")
    var service: String

    func run() async throws {
        try await global.connected { connected in
            let params = try JSONCoding.encode(try await connected.service(service, options))
            for try await text in try await connected.client.stream(SubscribeService.name, params: params) {
                let notification = try connected.decode(JSONValue.self, from: text)
                switch notification["type"]?.stringValue {
                case "event":
                    guard let data = notification["data"] else { continue }
                    try show(try connected.decode(ServiceOutput.self, from: data.serialized()), connected)
                case "end":
                    guard let error = notification["error"] else { return }
                    throw Failure(error["message"]?.stringValue ?? "The output broke off.", status: .undecided)
                default: continue
                }
            }
            throw ClientError.disconnected
        }
    }

    private func show(_ output: ServiceOutput, _ connected: Connected) throws {
        guard connected.format == .table else {
            return connected.console.line(bytes: try JSONCoding.encode(output))
        }
        switch output.type {
        case .stdout: connected.console.write(bytes: Array((output.data ?? "").utf8))
        case .stderr: connected.console.writeErrors(Array((output.data ?? "").utf8))
        case .exit:
            connected.console.note(
                output.exitCode.map { "The service ended with status \($0)." } ?? "A signal ended the service.",
                .dim
            )
        case .error: connected.console.note(TerminalText.line(output.error ?? ""), .yellow)
        }
    }
}

extension Connected {
    /// A service of the session that is meant.
    fileprivate func service(_ id: String, _ options: ScriptOptions) async throws -> ServiceTarget {
        ServiceTarget(projectID: project, sessionID: try await session(options.session), serviceID: ServiceID(id))
    }
}

extension DeclaredService: Tabular {
    static let columns = ["ID", "NAME", "STATUS", "PORT", "STARTED", "DESCRIPTION"]
    var cells: [String] {
        [
            id.rawValue, name, passive == true ? "passive" : state, (http ?? https).map(String.init) ?? "",
            startedAt?.short ?? "", description ?? "",
        ]
    }

    private var state: String { exitCode.map { "\(status.rawValue) (\($0))" } ?? status.rawValue }
}
