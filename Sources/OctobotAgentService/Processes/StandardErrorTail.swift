import Foundation
import Synchronization

/// Reads a descriptor to its end on a thread of its own and keeps the last lines.
final class StandardErrorTail: Sendable {
    private struct State {
        var lines: [String] = []
        var partial: [UInt8] = []
    }

    private let state = Mutex(State())
    private let keep: Int
    private let mask: SecretMask
    private let ended = EndSignal()

    /// How much of a line is kept, in bytes.
    private static let width = 4 << 10

    /// - Parameters:
    ///   - keep: How many lines.
    ///   - mask: What is taken out of each.
    init(descriptor: CInt, keep: Int = 200, mask: SecretMask = SecretMask()) {
        self.keep = keep
        self.mask = mask
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                take(buffer[..<count])
            }
            close(descriptor)
            ended.end()
        }
    }

    /// The last lines, an unfinished one included.
    var lines: [String] {
        state.withLock { state in
            let partial = mask.line(state.partial, limit: Self.width)
            return partial.isEmpty ? state.lines : state.lines + [partial]
        }
    }

    /// Waits until nobody can write any more, at most `limit`: what was written last comes a moment after an end.
    func waitForEnd(atMost limit: Duration) async { _ = await ended.wait(atMost: limit) }

    private func take(_ bytes: ArraySlice<UInt8>) {
        // One more shows that something was cut.
        let room = mask.room(for: Self.width) + 1
        state.withLock { state in
            for byte in bytes {
                if byte == 0x0A {
                    state.lines.append(mask.line(state.partial, limit: Self.width))
                    state.partial.removeAll(keepingCapacity: true)
                } else if state.partial.count < room {
                    state.partial.append(byte)
                }
            }
            if state.lines.count > keep { state.lines.removeFirst(state.lines.count - keep) }
        }
    }
}
