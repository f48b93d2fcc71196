import ArgumentParser
import CLinux
import Foundation
import Logging
import Systemd

/// `octobotd` without a subcommand.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves the socket and the gateway until SIGTERM or SIGINT; the default."
    )

    func run() async throws {
        umask(0o022)
        signal(SIGPIPE, SIG_IGN)
        // An arena for each thread costs an idle daemon megabytes and a busy one gains nothing (mallopt(3)).
        clinux_limit_malloc_arenas(2)
        let daemon: Daemon
        do {
            let configuration = try await DaemonConfiguration.load(environment: ProcessInfo.processInfo.environment)
            let logger = Self.logger(configuration)
            if !configuration.ignored.isEmpty {
                logger.warning(
                    "Variables that Octobot does not read are set",
                    metadata: ["variables": "\(configuration.ignored.joined(separator: ", "))"]
                )
            }
            guard let made = try await Daemon(configuration, logger: logger) else {
                logger.notice(
                    "Another octobotd serves this user already",
                    metadata: ["socket": "\(configuration.socketPath)"]
                )
                return
            }
            daemon = made
        } catch {
            throw refuse(error)
        }
        try await daemon.run()
    }

    private static func logger(_ configuration: DaemonConfiguration) -> Logger {
        let level = configuration.logLevel
        let usesJournal = JournalLogHandler.isJournalStandardError
        LoggingSystem.bootstrap { label in
            var handler: any LogHandler =
                usesJournal ? JournalLogHandler(label: label) : StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        return Logger(label: "octobotd")
    }
}
