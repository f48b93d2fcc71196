import NIOCore

/// Closes a connection whose request header does not arrive in time.
///
/// Stands before the decoder and sees bytes; ``RequestOrderHandler`` behind it says when a header is complete and when a
/// request is read. The clock runs from the opening of the connection, then from the first byte of each later request.
final class HeaderDeadlineHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private enum State {
        case betweenRequests
        case inHeader(Scheduled<Void>)
        case inBody
    }

    private let limit: TimeAmount
    private var state = State.betweenRequests

    init(limit: Duration) { self.limit = TimeAmount(limit) }

    func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        start(context)
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    /// The header of a request is complete.
    func headerArrived() {
        stop()
        state = .inBody
    }

    /// A request has been read to its end.
    func requestArrived() { state = .betweenRequests }

    private func start(_ context: ChannelHandlerContext) {
        guard case .betweenRequests = state else { return }
        let channel = context.channel
        state = .inHeader(context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) })
    }

    private func stop() {
        if case .inHeader(let deadline) = state { deadline.cancel() }
        state = .betweenRequests
    }
}
