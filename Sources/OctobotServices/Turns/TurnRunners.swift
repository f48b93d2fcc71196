package import Logging
package import OctobotModel
import ServiceLifecycle
import Synchronization

/// Keeps one turn runner per session that has work, and none for the others.
package final class TurnRunners: Service {
    private struct State {
        /// Sessions with a runner, and whether it has been asked to look again.
        var asked: [SessionID: Bool] = [:]
    }

    private let state = Mutex(State())
    private let starts: AsyncStream<SessionID>
    private let start: AsyncStream<SessionID>.Continuation
    private let makeRunner: Mutex<(@Sendable (SessionID) -> TurnRunner)?> = Mutex(nil)
    private let logger: Logger

    package init(logger: Logger) {
        self.logger = logger
        (starts, start) = AsyncStream.makeStream()
    }

    /// Says how a session's runner is made; once, before ``run()``.
    func use(_ makeRunner: @escaping @Sendable (SessionID) -> TurnRunner) {
        self.makeRunner.withLock { $0 = makeRunner }
    }

    /// Makes sure that somebody looks at the session's turns.
    package func wake(_ session: SessionID) {
        let isNew = state.withLock { state in
            guard state.asked[session] == nil else {
                state.asked[session] = true
                return false
            }
            state.asked[session] = false
            return true
        }
        if isNew { start.yield(session) }
    }

    package func run() async throws {
        guard let makeRunner = makeRunner.withLock({ $0 }) else { return }
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await session in self.starts {
                    group.addTask { await self.drive(session, makeRunner(session)) }
                }
            }
        }
    }

    private func drive(_ session: SessionID, _ runner: TurnRunner) async {
        var delay = Duration.milliseconds(200)
        while !Task.isCancelled {
            do {
                try await runner.run()
                delay = .milliseconds(200)
                let isDone = state.withLock { state in
                    if state.asked[session] == true {
                        state.asked[session] = false
                        return false
                    }
                    state.asked.removeValue(forKey: session)
                    return true
                }
                if isDone { return }
            } catch is CancellationError {
                break
            } catch {
                logger.error("Turn runner failed", metadata: ["session.id": "\(session)", "error": "\(error)"])
                // The store failed (a full disk, say): look again later, with growing pauses.
                do { try await Task.sleep(for: delay) } catch { break }  // ok: back-off after a failed store
                delay = min(delay * 2, .seconds(30))
            }
        }
        state.withLock { _ = $0.asked.removeValue(forKey: session) }
    }
}
