import Logging
import OctobotSandbox
import ServiceLifecycle

/// The sandboxes' way out (decision 11), for as long as the daemon runs.
struct EgressService: Service {
    private let proxy: EgressProxy

    /// Returns `nil` where sandboxes have the host's network.
    init?(_ configuration: DaemonConfiguration, logger: Logger) throws {
        let rules: EgressRules
        do {
            rules = try EgressRules(allowing: configuration.allowedEgress)
        } catch {
            throw ConfigurationError(
                name: "SANDBOX_ALLOW_HOSTS",
                value: configuration.allowedEgress.joined(separator: ","),
                problem: "\(error)",
                allowed: "a comma-separated list of host:port"
            )
        }
        if configuration.networkIsHost || configuration.isolationIsOff { return nil }
        proxy = EgressProxy(
            folder: LocalConfiguration.egressFolder(stateFolder: configuration.stateFolder),
            rules: rules,
            logger: logger
        )
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await proxy.run() }
        } catch is CancellationError {
            // That is how it stops.
        }
    }
}
