import Dispatch
import Foundation

/// Signals as a stream, for as long as the value lives; before and after, they do what they always do.
final class SignalStream: Sendable {
    let numbers: AsyncStream<Int32>
    private let watched: [Int32]
    private let inbox: AsyncStream<Int32>.Continuation
    /// Touched by `init` and `deinit` only; dispatch calls the handlers on a queue of its own.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    init(_ watched: [Int32]) {
        let (numbers, inbox) = AsyncStream<Int32>.makeStream()
        self.numbers = numbers
        self.watched = watched
        self.inbox = inbox
        sources = watched.map { number in
            // A dispatch source sees a signal only when it has no other effect; SIGWINCH has none by itself.
            if number != SIGWINCH { signal(number, SIG_IGN) }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { inbox.yield(number) }
            source.activate()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
        inbox.finish()
        for number in watched { signal(number, SIG_DFL) }
    }
}
