import Dispatch
import Foundation

/// Ctrl-C as a stream, for as long as the value lives; before and after, it ends the program.
final class Interrupts: Sendable {
    let signals: AsyncStream<Void>
    private let inbox: AsyncStream<Void>.Continuation
    /// Touched by `init` and `deinit` only; dispatch calls the handler on a queue of its own.
    nonisolated(unsafe) private let source: any DispatchSourceSignal

    init() {
        (signals, inbox) = AsyncStream.makeStream()
        // The dispatch source sees the signal only when it has no other effect.
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { [inbox] in inbox.yield() }
        source.activate()
    }

    deinit {
        source.cancel()
        inbox.finish()
        signal(SIGINT, SIG_DFL)
    }
}
