import HummingbirdCore
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOWebSocket

/// Decides with the first request of a connection what is spoken on it: HTTP, or WebSocket once that was admitted.
///
/// A request that asks for a WebSocket is held, and nothing more is read, until somebody has judged it. Any other request,
/// whatever it would like to be upgraded to, is an ordinary one at once (decision 70); ``RequestHeadGate`` takes the wish
/// off it. Later requests of a connection are never upgraded.
final class UpgradeGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What a connection turned out to be.
    enum Opening: Sendable {
        case http(HTTP1Channel.Value)
        case wish(Wish)
    }

    /// A request for a WebSocket that waits for its judgement.
    struct Wish: Sendable {
        let head: HTTPRequestHead
        fileprivate let gate: NIOLoopBound<UpgradeGate>

        /// Answers 101 with these fields; the connection speaks WebSocket from now on.
        func grant(_ fields: HTTPHeaders) async throws -> WebSocketConnection.Channel {
            try await gate.eventLoop.submit { [gate] in try gate.value.grant(fields) }.get()
        }

        /// Lets the request go on as an ordinary one.
        func decline() async throws -> HTTP1Channel.Value {
            try await gate.eventLoop.submit { [gate] in try gate.value.decline() }.get()
        }
    }

    private enum State {
        case waiting
        /// With the parts of the request.
        case judging([HTTPServerRequestPart])
        case open
    }

    private let header: HeaderDeadlineHandler
    private let departure: Departure
    private let opening: EventLoopPromise<Opening>
    private let makeHTTP: (any Channel) throws -> HTTP1Channel.Value
    private var state = State.waiting
    private var context: ChannelHandlerContext?
    private var isReadHeld = false

    /// - Parameters:
    ///   - opening: Told what the connection is; failed when it ends before that is known.
    ///   - makeHTTP: Adds what HTTP needs behind this handler.
    init(
        header: HeaderDeadlineHandler,
        departure: Departure,
        opening: EventLoopPromise<Opening>,
        makeHTTP: @escaping (any Channel) throws -> HTTP1Channel.Value
    ) {
        self.header = header
        self.departure = departure
        self.opening = opening
        self.makeHTTP = makeHTTP
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        opening.fail(ChannelError.eof)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .open: context.fireChannelRead(data)
        case .judging(var parts):
            let part = unwrapInboundIn(data)
            parts.append(part)
            state = .judging(parts)
            guard case .end = part, case .head(let head)? = parts.first else { return }
            let gate = NIOLoopBound(self, eventLoop: context.eventLoop)
            opening.succeed(.wish(Wish(head: RequestHeadGate.normal(head), gate: gate)))
        case .waiting:
            if case .head(let head) = unwrapInboundIn(data), Self.asksForWebSocket(head) {
                header.headerArrived()
                state = .judging([.head(head)])
                return
            }
            guard openHTTP(context) else { return }
            context.fireChannelRead(data)
            leave(context)
        }
    }

    func read(context: ChannelHandlerContext) {
        if case .judging = state { isReadHeld = true } else { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        // Behind this handler somebody answers what is no HTTP.
        case .waiting:
            guard openHTTP(context) else { return }
            context.fireErrorCaught(error)
            leave(context)
        case .judging: context.close(promise: nil)
        case .open: context.fireErrorCaught(error)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (event, state) {
        case (is ChannelShouldQuiesceEvent, .waiting): return context.close(promise: nil)
        case (_, .waiting) where Self.isEnd(event):
            guard openHTTP(context) else { return }
            context.fireUserInboundEventTriggered(event)
            return leave(context)
        case (_, .judging) where Self.isEnd(event): departure.leave()
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        departure.leave()
        opening.fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    private static func isEnd(_ event: Any) -> Bool {
        if case .some(.inputClosed) = event as? ChannelEvent { true } else { false }
    }

    /// RFC 6455 §4.2.1, but for the fields that somebody else answers for.
    private static func asksForWebSocket(_ head: HTTPRequestHead) -> Bool {
        func lists(_ token: String, _ name: String) -> Bool {
            head.headers[canonicalForm: name].contains { $0.lowercased() == token }
        }
        let hasBody =
            head.headers.contains(name: "transfer-encoding") || head.headers.first(name: "content-length") != nil
        return head.method == .GET && head.version == .http1_1 && !hasBody && lists("websocket", "upgrade")
            && lists("upgrade", "connection")
    }

    // MARK: Opening

    /// Takes the handler out of the way; what it holds of a request must have gone on before.
    private func leave(_ context: ChannelHandlerContext) {
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    /// Puts HTTP behind this handler; `false` when the connection had to be closed.
    private func openHTTP(_ context: ChannelHandlerContext) -> Bool {
        do {
            let parts = try makeHTTP(context.channel)
            state = .open
            opening.succeed(.http(parts))
            return true
        } catch {
            context.close(promise: nil)
            return false
        }
    }

    private func decline() throws -> HTTP1Channel.Value {
        guard let context, case .judging(let parts) = state, context.channel.isActive else { throw ChannelError.eof }
        let channel = try makeHTTP(context.channel)
        state = .open
        for part in parts { context.fireChannelRead(wrapInboundOut(part)) }
        context.fireChannelReadComplete()
        leave(context)
        return channel
    }

    private func grant(_ fields: HTTPHeaders) throws -> WebSocketConnection.Channel {
        guard let context, case .judging = state, context.channel.isActive else { throw ChannelError.eof }
        let pipeline = context.pipeline.syncOperations
        try pipeline.removeHandler(of: RequestHeadGate.self)
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: fields)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        try pipeline.removeHandler(of: HTTPResponseEncoder.self)
        let channel = try WebSocketConnection.configure(context.channel)
        // What came behind the request passes through here when the decoder lets go of it.
        state = .open
        try pipeline.removeHandler(of: HeaderDeadlineHandler.self)
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        pipeline.removeHandler(decoder).whenComplete { _ in
            let (gate, context) = bound.value
            context.fireChannelReadComplete()
            gate.leave(context)
            if gate.isReadHeld { context.channel.read() }
        }
        return channel
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// Removes a handler at once; only for those that have nothing to finish.
    fileprivate func removeHandler<Handler: RemovableChannelHandler>(of type: Handler.Type) throws {
        removeHandler(try handler(type: type), promise: nil)
    }
}
