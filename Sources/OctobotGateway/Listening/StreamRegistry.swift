import NIOCore
import Synchronization

/// The connections that carry an event stream, so that a graceful end can end the streams first.
///
/// Ending one means closing its inbound side: the stream ends as if the client had gone, and the answer is finished. A
/// client that does not read gets two seconds.
final class StreamRegistry: Sendable {
    private struct State {
        var isEnding = false
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    private let state = Mutex(State())

    func insert(_ channel: any Channel) {
        let isEnding = state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = channel
            return state.isEnding
        }
        if isEnding { end(channel) }
    }

    func remove(_ channel: any Channel) {
        state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
    }

    /// Whether the daemon stops.
    var isEnding: Bool { state.withLock { $0.isEnding } }

    var count: Int { state.withLock { $0.channels.count } }

    /// Ends every stream, and every later one at once.
    func endAll() {
        let channels = state.withLock { state in
            state.isEnding = true
            return Array(state.channels.values)
        }
        for channel in channels { end(channel) }
    }

    private func end(_ channel: any Channel) {
        channel.close(mode: .input, promise: nil)
        channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
    }
}
