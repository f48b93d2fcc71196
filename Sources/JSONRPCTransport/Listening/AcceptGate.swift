import Glibc
package import NIOCore
import Synchronization

/// Shuts a listening socket without losing anybody (rpc.md §10).
///
/// Who comes in is counted on the listener's event loop, in the step that accepts. Once ``shut()`` has returned, everybody
/// who came in is in the census, and who comes later waits in the backlog, for us or for the next who holds the socket.
package final class AcceptGate: Sendable {
    private struct State {
        var channel: (any Channel)?
        var isServing = false
        var isShut = false
    }

    /// Where its connections are counted.
    package let census: ConnectionCensus
    private let descriptor: Int32?
    private let state = Mutex(State())

    /// - Parameter descriptor: The listening socket, where it is known; stays the channel's.
    package init(descriptor: Int32?, census: ConnectionCensus) {
        self.descriptor = descriptor
        self.census = census
    }

    /// Counts what `channel` accepts; to be called in its initializer.
    package func install(in channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(AcceptCounter(census: census))
        state.withLock { $0.channel = channel }
    }

    /// Accepts from now on, unless ``shut()`` came first.
    package func open() async throws { try await change { $0.isServing = true } }

    /// Accepts nobody more.
    package func shut() async throws { try await change { $0.isShut = true } }

    /// Undoes ``shut()``.
    package func reopen() async throws { try await change { $0.isShut = false } }

    /// Whether a client waits in the backlog of the socket, which must be open still.
    package var isAwaited: Bool {
        guard let descriptor else { return false }
        var query = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&query, 1, 0) > 0
    }

    private func change(_ change: @escaping @Sendable (inout State) -> Void) async throws {
        guard let channel = state.withLock({ $0.channel }) else { return }
        try await channel.eventLoop.flatSubmit { [self] in
            let accepts = state.withLock { state in
                change(&state)
                return state.isServing && !state.isShut
            }
            return channel.setOption(.autoRead, value: accepts).map { if accepts { channel.read() } }
        }.get()
    }
}

/// Counts each connection from its accept to its end.
private final class AcceptCounter: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let census: ConnectionCensus

    init(census: ConnectionCensus) { self.census = census }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        census.arrive()
        unwrapInboundIn(data).closeFuture.whenComplete { [census] _ in census.leave() }
        context.fireChannelRead(data)
    }
}
