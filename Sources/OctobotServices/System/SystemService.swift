package import OctobotAPI
package import OctobotModel
import Synchronization

/// The daemon itself (`system.*`).
package final class SystemService: Sendable {
    /// What the composition root knows of the running daemon.
    package struct Facts: Sendable {
        package var version: String
        package var socket: String
        package var configuration: [SystemConfig.Entry]
        /// Where the log is when `octoctl` started the daemon (decision 63).
        package var logFile: String

        package init(
            version: String,
            socket: String,
            configuration: [SystemConfig.Entry],
            logFile: String = ""
        ) {
            self.version = version
            self.socket = socket
            self.configuration = configuration
            self.logFile = logFile
        }
    }

    let facts: Facts
    let providers: SandboxProviders
    private let startupTasks: @Sendable () -> [SystemStatus.Task]
    private let shutDown: @Sendable () -> Void
    private let gateway = Mutex<String?>(nil)

    /// - Parameter startupTasks: What the daemon gets ready, as it is now.
    package init(
        facts: Facts,
        providers: SandboxProviders,
        startupTasks: @escaping @Sendable () -> [SystemStatus.Task],
        shutDown: @escaping @Sendable () -> Void
    ) {
        self.facts = facts
        self.providers = providers
        self.startupTasks = startupTasks
        self.shutDown = shutDown
    }

    /// The address the HTTP gateway listens on, once it does.
    package var gatewayURL: String? {
        get { gateway.withLock { $0 } }
        set { gateway.withLock { $0 = newValue } }
    }

    /// `system.health`.
    package func health(_ params: SystemHealth.Params, _ call: Call) async throws(Fault) -> SystemHealth.Result {
        SystemHealth.Result(status: "ok")
    }

    /// `system.status`: what is missing on this machine, if anything.
    package func status(_ params: SystemStatus.Params, _ call: Call) async throws(Fault) -> SystemStatus.Result {
        var messages: [SystemStatus.Message] = []
        for (name, status) in await providers.statuses() where !status.available {
            messages.append(
                SystemStatus.Message(
                    id: "provider-\(name)-unavailable",
                    level: .warn,
                    title: "Sandbox provider \(name) is not available",
                    message: status.message ?? "No reason given."
                )
            )
        }
        messages.sort { $0.id < $1.id }
        return SystemStatus.Result(
            ok: !messages.contains { $0.level == .error },
            messages: messages,
            startupTasks: startupTasks(),
            version: facts.version,
            gateway: gatewayURL,
            socket: facts.socket
        )
    }

    /// `system.version`.
    package func version(_ params: SystemVersion.Params, _ call: Call) async throws(Fault) -> SystemVersion.Result {
        SystemVersion.Result(version: facts.version, protocol: 1, apiLevel: 1)
    }

    /// `system.config`: effective values and where they come from, secrets masked.
    package func configuration(_ params: SystemConfig.Params, _ call: Call) async throws(Fault) -> SystemConfig.Result {
        SystemConfig.Result(entries: facts.configuration)
    }

    /// `system.shutdown`: the same as SIGTERM.
    package func shutdown(_ params: SystemShutdown.Params, _ call: Call) async throws(Fault) -> Empty {
        shutDown()
        return Empty()
    }
}
