import ArgumentParser
import Foundation
import Logging
import OctobotAgentService

@main
enum Program {
    static func main() async {
        // Before the child is started that does the work where this is PID 1: it holds for both.
        if CommandLine.arguments.dropFirst().first == "serve" { SystemCallFilter.install() }
        // Before anything else starts a thread: PID 1 gets its signals in the thread that waits for them or not at all.
        if InitProcess.isNeeded {
            exit(InitProcess.run(executable: "/proc/self/exe", arguments: CommandLine.arguments))
        }
        await OctobotAgent.main()
    }
}

/// The program inside a sandbox.
struct OctobotAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "octobot-agent",
        abstract: "The service of Octobot inside a sandbox: drives a coding agent.",
        version: AgentVersion.current,
        subcommands: [Serve.self, Demo.self]
    )
}

/// `octobot-agent serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the agent API.",
        discussion: """
            Reads OCTOBOT_SECRET (salted hash of the secret, required), OCTOBOT_AGENT_TYPE, OCTOBOT_AGENT_COMMAND (JSON \
            array), OCTOBOT_PERMISSION_MODE (ask, auto, edits or plan), WORKSPACE_PATH, WORKSPACE_COMMIT, HOME and \
            PORT.

            With OCTOBOT_RECORD_TRAFFIC=1 what goes between it and the agent's program is kept below the home, in \
            .octobot/traffic, one file a turn and secrets masked. Off by default; octobotd hands the variable on.
            """
    )

    @Option(help: "Listen on this unix socket.")
    var socket: String?

    @Option(help: "Listen on this TCP port (default: PORT, else 3002).")
    var port: Int?

    @Option(help: "Offer the HTTP proxy behind this unix socket at 127.0.0.1:17080.")
    var proxySocket: String?

    func run() async throws {
        do {
            let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let options = try ServeOptions(
                socket: socket,
                port: port,
                proxySocket: proxySocket,
                environment: ProcessInfo.processInfo.environment
            )
            AgentService.limitMemory()
            AgentService.hideSecrets()
            let logger = Logger(label: "octobot-agent") { StreamLogHandler.standardError(label: $0) }
            let service = AgentService(options, executable: path, logger: logger)
            try await untilSignalled { try await service.run(ready: announce) }
        } catch {
            FileHandle.standardError.write(Data("octobot-agent: \(error)\n".utf8))
            throw ExitCode(1)
        }
    }
}

/// Says at once that requests are answered; `print` would keep it while standard output is no terminal.
@Sendable private func announce(port: Int) {
    FileHandle.standardOutput.write(Data("ready \(port)\n".utf8))
}

/// `octobot-agent demo`.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the built-in demo agent: ACP on standard input and output, without a model."
    )

    func run() async {
        await DemoCommand.run(environment: ProcessInfo.processInfo.environment)
    }
}
