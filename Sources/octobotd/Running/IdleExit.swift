import Logging
import OctobotGateway
import OctobotModel
import OctobotServices
import OctobotSocket
import ServiceLifecycle

/// Ends when a socket-activated daemon has had nothing to do for a while (rpc.md §10).
struct IdleExit: Service {
    let limit: Duration
    let census: ConnectionCensus
    let gateway: GatewayService?
    let activity: ActivityService
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    try await census.quiet(for: limit)
                    if gateway?.connectionCount ?? 0 == 0, try await activity.isIdle() { break }
                    // Busy without a client: a sandbox runs, or a browser is there. Look again after the same time.
                    try await Task.sleep(for: limit)  // ok: the idle time itself
                }
            }
            logger.notice("Nothing to do: leaving", metadata: ["idle": "\(limit)"])
        } catch is CancellationError {
            // The daemon stops for another reason.
        }
    }
}
