import JSONRPCTransport
import Logging
import OctobotModel
import OctobotServices
import ServiceLifecycle

/// Ends when a socket-activated daemon has had nothing to do for a while (rpc.md §10).
///
/// It looks once more with the doors shut: a client that came in meanwhile, or waits, is served; a later one waits in the
/// backlog of the service manager's socket and starts the next daemon.
struct IdleExit: Service {
    let limit: Duration
    /// Counts the connections of all ``gates``.
    let census: ConnectionCensus
    let gates: [AcceptGate]
    let activity: ActivityService
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                repeat { try await census.quiet(for: limit) } while try await !mayLeave()
            }
            logger.notice("Nothing to do: leaving", metadata: ["idle": "\(limit)"])
        } catch is CancellationError {
            // The daemon stops for another reason.
        }
    }

    /// Whether nobody is there and nothing runs; the gates stay shut then.
    private func mayLeave() async throws -> Bool {
        guard try await activity.isIdle() else { return false }
        for gate in gates { try await gate.shut() }
        if census.count == 0, !gates.contains(where: \.isAwaited) { return true }
        for gate in gates { try await gate.reopen() }
        return false
    }
}
