import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Keeps requests and answers of one connection in order where the decoder and the responder cannot.
///
/// * An unreadable request is answered with JSON once the answers before it are written, then the connection closes.
/// * The clock of a body runs here; its end fails the reading of that body.
/// * While an event stream is written, comments keep it alive, and a further request ends the connection: it could never
///   be answered.
final class RequestOrderHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// A body did not arrive in time.
    struct BodyTimedOut: Error {}

    private let header: HeaderDeadlineHandler
    private let bodyLimit: TimeAmount
    private let keepAlive: TimeAmount
    private let departure: Departure
    private let refuse: (any Error) -> (HTTPResponse, ByteBuffer)
    private var isReadingBody = false
    private var unanswered = 0
    private var isStreaming = false
    private var refusal: (any Error)?
    private var bodyDeadline: Scheduled<Void>?
    private var comments: RepeatedTask?
    private var isQuiet = false

    /// - Parameters:
    ///   - departure: Told when the client has closed its side.
    ///   - refuse: The answer to a request that cannot be read.
    init(
        header: HeaderDeadlineHandler,
        bodyLimit: Duration,
        keepAlive: Duration,
        departure: Departure,
        refuse: @escaping (any Error) -> (HTTPResponse, ByteBuffer)
    ) {
        self.header = header
        self.bodyLimit = TimeAmount(bodyLimit)
        self.keepAlive = TimeAmount(keepAlive)
        self.departure = departure
        self.refuse = refuse
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            header.headerArrived()
            isReadingBody = true
            unanswered += 1
            guard !isStreaming else { return context.close(promise: nil) }
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            bodyDeadline = context.eventLoop.scheduleTask(in: bodyLimit) {
                let (handler, context) = bound.value
                if handler.isReadingBody { context.fireErrorCaught(BodyTimedOut()) }
            }
        case .body: break
        case .end:
            header.requestArrived()
            isReadingBody = false
            bodyDeadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError || error is HTTP1TypeConversionError, !isReadingBody else {
            return context.fireErrorCaught(error)
        }
        guard unanswered == 0 else {
            refusal = error
            return
        }
        answer(error, context)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        isQuiet = false
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.headerFields[.contentType]?.hasPrefix("text/event-stream") == true { startStream(context) }
        case .body: break
        case .end:
            unanswered -= 1
            stopStream()
        }
        context.write(data, promise: promise)
        if unanswered == 0, let refusal {
            self.refusal = nil
            answer(refusal, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent { departure.leave() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        bodyDeadline?.cancel()
        stopStream()
        departure.leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        bodyDeadline?.cancel()
        stopStream()
        departure.leave()
    }

    private func answer(_ error: any Error, _ context: ChannelHandlerContext) {
        let (head, body) = refuse(error)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }

    private func startStream(_ context: ChannelHandlerContext) {
        isStreaming = true
        guard unanswered <= 1 else { return context.close(promise: nil) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        comments = context.eventLoop.scheduleRepeatedTask(initialDelay: keepAlive, delay: keepAlive) { _ in
            let (handler, context) = bound.value
            if handler.isQuiet, context.channel.isWritable {
                let comment = HTTPResponsePart.body(ByteBuffer(string: ":\n\n"))
                context.writeAndFlush(handler.wrapOutboundOut(comment), promise: nil)
            }
            handler.isQuiet = true
        }
        isQuiet = true
    }

    private func stopStream() {
        isStreaming = false
        comments?.cancel()
        comments = nil
    }
}
