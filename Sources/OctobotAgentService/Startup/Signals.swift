import Dispatch
import Foundation

/// Runs `work` until it ends or SIGTERM or SIGINT arrives, which cancels it.
package func untilSignalled(_ work: @escaping @Sendable () async throws -> Void) async throws {
    signal(SIGPIPE, SIG_IGN)
    let (signals, feed) = AsyncStream<Void>.makeStream()
    let sources = [SIGTERM, SIGINT].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        source.setEventHandler { feed.yield() }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await work() }
        group.addTask { for await _ in signals { return } }
        try await group.next()
        group.cancelAll()
        // Whichever came first, the other one's failure counts as well.
        try await group.waitForAll()
    }
}
