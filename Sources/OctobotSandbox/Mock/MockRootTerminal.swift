import Synchronization

/// A root shell in memory: what is typed is printed, until it is closed or ended.
package final class MockRootTerminal: RootTerminal {
    private struct State {
        var size: (rows: Int, columns: Int)
        var exitCode: Int?
    }

    package let output: AsyncThrowingStream<[UInt8], any Error>
    private let feed: AsyncThrowingStream<[UInt8], any Error>.Continuation
    private let state: Mutex<State>
    private let hasEnded = MockGate()

    package init(rows: Int, columns: Int) {
        (output, feed) = AsyncThrowingStream.makeStream()
        state = Mutex(State(size: (rows, columns)))
        feed.yield(Array("# ".utf8))
    }

    package var size: (rows: Int, columns: Int) { state.withLock { $0.size } }

    package func write(_ bytes: [UInt8]) async throws(SandboxError) { feed.yield(bytes) }

    package func resize(rows: Int, columns: Int) async throws(SandboxError) {
        state.withLock { $0.size = (rows, columns) }
    }

    package func close() async { end(exitCode: 129) }

    /// Ends its program.
    package func end(exitCode: Int) {
        state.withLock { $0.exitCode = $0.exitCode ?? exitCode }
        feed.finish()
        hasEnded.open()
    }

    package func exitCode() async throws(SandboxError) -> Int {
        await hasEnded.wait()
        return state.withLock { $0.exitCode } ?? 255
    }
}
