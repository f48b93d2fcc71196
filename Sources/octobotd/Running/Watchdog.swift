import Logging
import NIOCore
import NIOPosix
import OctobotModel
import OctobotStore
import ServiceLifecycle
import Systemd

/// Pings the service manager's watchdog, when it has one, through an event loop and a read of the database.
struct Watchdog: Service {
    let notifier: ServiceNotifier
    let store: Store
    let logger: Logger

    func run() async throws {
        guard let interval = notifier.watchdogInterval else {
            try? await gracefulShutdown()
            return
        }
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    try await MultiThreadedEventLoopGroup.singleton.next().submit {}.get()
                    _ = try await store.read { try $0.project(.local) }
                    notifier.keepAlive()
                    try await Task.sleep(for: interval / 2)  // ok: the watchdog wants a ping each interval
                }
            }
        } catch is CancellationError {
            // The daemon stops.
        }
    }
}
