import Logging
import OctobotAPI
import OctobotModel
import OctobotSandbox
import ServiceLifecycle
import Synchronization

/// The root shells of this daemon: held here and nowhere else, so they end with it.
package final class RootShells: Service {
    private struct State {
        /// In the order they were opened.
        var shells: [RootShell] = []
        var isShutDown = false
    }

    /// Root shells one session may have open at a time.
    static let limit = 32

    private let activity: SandboxActivity
    private let state = Mutex(State())
    private let opened: AsyncStream<RootShell>
    private let feed: AsyncStream<RootShell>.Continuation

    init(activity: SandboxActivity) {
        self.activity = activity
        (opened, feed) = AsyncStream.makeStream()
    }

    func shells(of session: SessionID) -> [RootShell] {
        state.withLock { $0.shells.filter { $0.sessionID == session } }
    }

    func shell(_ id: TerminalID, of session: SessionID) -> RootShell? {
        state.withLock { $0.shells.first { $0.sessionID == session && $0.id == id } }
    }

    /// Takes a shell in; one of the same id that came first wins, and the other is closed.
    func add(_ shell: RootShell) async throws(Fault) -> RootShell {
        let (held, isShutDown) = state.withLock { state -> (RootShell?, Bool) in
            guard !state.isShutDown else { return (nil, true) }
            if let first = state.shells.first(where: { $0.sessionID == shell.sessionID && $0.id == shell.id }) {
                return (first, false)
            }
            guard state.shells.count(where: { $0.sessionID == shell.sessionID && $0.isRunning }) < Self.limit else {
                return (nil, false)
            }
            state.shells.append(shell)
            feed.yield(shell)
            return (shell, false)
        }
        if let held, held === shell { return shell }
        await shell.close()
        if let held { return held }
        throw isShutDown
            ? Fault(.shuttingDown, "The daemon is stopping.", retryAfterMilliseconds: 1000) : .tooManyTerminals
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await shell in self.opened {
                    group.addTask {
                        // Its sandbox is not idle, though the agent knows nothing of it.
                        let use = self.activity.begin(shell.sessionID)
                        await shell.run()
                        use.end()
                        self.state.withLock { $0.shells.removeAll { $0 === shell } }
                    }
                }
            }
        }
        let shells = state.withLock { state in
            state.isShutDown = true
            return state.shells
        }
        // On a task that no cancellation reaches: a sandbox must not be left with shells nobody holds.
        await Task { for shell in shells { await shell.close() } }.value
    }
}

extension Fault {
    static let tooManyTerminals = Fault(
        .rateLimited,
        "\(RootShells.limit) terminals are open in this sandbox.",
        reason: "terminal.tooMany",
        hint: "Close one of them: terminal.list shows them.",
        retryAfterMilliseconds: 1000
    )
}
