import ProviderLogin
import ServiceLifecycle

/// The listeners on loopback ports that wait for browsers, open only while a login waits for one.
actor LoginListeners {
    /// What there is to do for the daemon's life.
    enum Work: Sendable {
        case serve(CallbackListener)
        /// A login is too old at this moment.
        case look(at: ContinuousClock.Instant)
    }

    nonisolated let work: AsyncStream<Work>
    private let feed: AsyncStream<Work>.Continuation
    private var open: [Int: CallbackListener] = [:]
    private var isStopped = false
    private var opening: [Int: Task<CallbackListener?, Never>] = [:]

    init() { (work, feed) = AsyncStream.makeStream(of: Work.self) }

    /// Listens on a port of 127.0.0.1, unless that is done already.
    ///
    /// - Returns: Whether a browser will be heard: not when another program has the port.
    func listen(on port: Int, until end: ContinuousClock.Instant) async -> Bool {
        if open[port] == nil {
            let attempt = opening[port] ?? Task { await Self.bind(port) }
            opening[port] = attempt
            let listener = await attempt.value
            opening[port] = nil
            guard let listener else { return false }
            guard !isStopped else {
                await listener.close()
                return false
            }
            if open[port] == nil {
                open[port] = listener
                feed.yield(.serve(listener))
            }
        }
        feed.yield(.look(at: end))
        return true
    }

    /// Frees the ports on which nobody is awaited any more.
    func close(allBut needed: @Sendable () -> Set<Int>) async {
        let ports = needed()
        let idle = open.filter { !ports.contains($0.key) }
        for port in idle.keys { open[port] = nil }
        for listener in idle.values { await listener.close() }
    }

    /// Closes all, for good.
    func stop() async {
        isStopped = true
        await close { [] }
    }

    private static func bind(_ port: Int) async -> CallbackListener? {
        do throws(CallbackListener.Failure) {
            return try await CallbackListener.bind(port: port)
        } catch {
            // The person is told to copy the code by hand.
            return nil
        }
    }
}

/// Answers the browsers that come back from logins, and ends logins nobody completed.
struct LoginCallbacks: Service {
    let logins: ProviderLoginService

    func run() async throws {
        await withDiscardingTaskGroup { group in
            for await work in logins.listeners.work.cancelOnGracefulShutdown() {
                switch work {
                case .serve(let listener):
                    group.addTask { await listener.serve(logins.callback) }
                case .look(let moment):
                    group.addTask {
                        do {
                            try await Task.sleep(until: moment, clock: .continuous)  // ok: a login's end
                            await logins.closeListeners()
                        } catch {
                            // The daemon ends, and its listeners with it.
                        }
                    }
                }
            }
            await logins.listeners.stop()
            group.cancelAll()
        }
    }
}
