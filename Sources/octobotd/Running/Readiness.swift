import ServiceLifecycle
import Systemd

/// Tells the service manager that everything serves, and when the daemon begins to stop (sd_notify(3)).
struct Readiness: Service {
    let notifier: ServiceNotifier
    let status: String

    func run() async throws {
        notifier.ready(status: status)
        try? await gracefulShutdown()
        notifier.stopping()
    }
}
