import ServiceLifecycle

/// Ends when somebody asks for the daemon's end, which then stops like after SIGTERM.
struct ShutdownRequest: Service {
    private let requests: AsyncStream<Void>
    private let feed: AsyncStream<Void>.Continuation

    init() { (requests, feed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Asks for the end.
    @Sendable func request() { feed.finish() }

    func run() async throws {
        for await _ in requests.cancelOnGracefulShutdown() {}
    }
}
