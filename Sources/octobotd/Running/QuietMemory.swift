import CLinux
import JSONRPCTransport
import ServiceLifecycle

/// Keeps a daemon small that nobody uses: once in each quiet spell it gives back the memory that the start, or a busy
/// time, needed and that the wait for the next client does not.
struct QuietMemory: Service {
    let census: ConnectionCensus
    /// Longer than a client takes between two calls, so that nobody pays for it who is still there.
    var delay: Duration = .seconds(2)

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    let count = try await census.quiet(for: delay)
                    clinux_release_memory()
                    try await census.arrival(after: count)
                }
            }
        } catch is CancellationError {
            // The daemon stops.
        }
    }
}
