import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes the connection of a streamed answer whose reader has closed its side: it wants no more of it.
///
/// HummingbirdCore's `consumeWithCancellationOnInboundClose` is no way to learn it: it stops the process when a connection
/// ends before its request is read.
final class StreamEndHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var isStreaming = false
    private var hasLeft = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        // Only answers whose end is not known yet have no length.
        case .head(let head):
            isStreaming = head.status == .ok && head.headerFields[.contentLength] == nil
        case .body: break
        case .end: isStreaming = false
        }
        context.write(data, promise: promise)
        closeIfLeft(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            hasLeft = true
            closeIfLeft(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func closeIfLeft(_ context: ChannelHandlerContext) {
        if isStreaming, hasLeft { context.close(promise: nil) }
    }
}
