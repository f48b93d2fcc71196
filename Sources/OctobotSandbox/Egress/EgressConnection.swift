import Logging
import NIOCore
import NIOPosix

/// One connection to the proxy: reads a head, dials what the rules permit, and then only passes bytes on.
final class EgressConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case head(HeadScanner)
        /// What came behind the head waits.
        case deciding
        /// An answer was given; what still comes is dropped.
        case refused
    }

    private let rules: EgressRules
    private let limits: EgressProxy.Limits
    private let logger: Logger
    private var state = State.head(HeadScanner())
    private var received = ByteBuffer()
    private var timer: Scheduled<Void>?
    /// The sandbox will send no more; its partner has to hear of it once there is one.
    private var hasEndedInput = false

    init(rules: EgressRules, limits: EgressProxy.Limits, logger: Logger) {
        self.rules = rules
        self.limits = limits
        self.logger = logger
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: limits.head) {
            let (handler, context) = bound.value
            handler.refuse(408, "The request did not come in time.", context)
        }
        context.read()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        switch state {
        case .refused: return
        case .deciding: received.writeBuffer(&buffer)
        case .head(var scanner):
            let end = scanner.consume(buffer.readableBytesView)
            received.writeBuffer(&buffer)
            state = .head(scanner)
            if let end { return begin(end, context) }
            if received.readableBytes > EgressRequest.limit {
                refuse(431, "The request's head has more than \(EgressRequest.limit) bytes.", context)
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        switch state {
        case .head, .refused: context.read()
        case .deciding: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            hasEndedInput = true
            // Half a request will never become one.
            if case .head = state { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: Deciding

    private func begin(_ end: Int, _ context: ChannelHandlerContext) {
        timer?.cancel()
        guard let head = received.readBytes(length: end) else { return }
        let request: EgressRequest
        do {
            request = try EgressRequest(head: head)
        } catch {
            return refuse(error.status, error.reason, context)
        }
        state = .deciding
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        NIOThreadPool.singleton.runIfActive(eventLoop: context.eventLoop) { [rules] in
            // Resolving blocks.
            Result { () throws(EgressAddress.Unresolved) in try rules.judge(request.target) }
        }
        .assumeIsolated()
        .whenComplete { result in
            let (handler, context) = bound.value
            guard context.channel.isActive else { return }
            switch result {
            case .success(.success(.dial(let addresses))): handler.dial(addresses[...], request, context)
            case .success(.success(.refuse(let reason))): handler.refuse(request.target, reason, context)
            case .success(.failure(let error)):
                handler.refuse(502, "\(request.target.host) cannot be resolved: \(error.reason).", context)
            case .failure: handler.refuse(503, "The proxy is stopping.", context)
            }
        }
    }

    private func refuse(_ target: EgressRules.Target, _ reason: String, _ context: ChannelHandlerContext) {
        logger.info("Egress refused", metadata: ["egress.target": "\(target)", "egress.reason": "\(reason)"])
        refuse(
            403,
            """
            Octobot's proxy does not connect sandboxes to \(target): it is \(reason). \
            Whoever runs octobotd can allow it with SANDBOX_ALLOW_HOSTS=\(target).
            """,
            context
        )
    }

    // MARK: Dialling

    /// Tries the addresses in turn; the first that answers is used.
    private func dial(
        _ addresses: ArraySlice<EgressAddress>,
        _ request: EgressRequest,
        _ context: ChannelHandlerContext
    ) {
        var rest = addresses
        guard let address = rest.popFirst()?.socketAddress else {
            return refuse(502, "\(request.target) cannot be reached.", context)
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let others = rest
        ClientBootstrap(group: context.eventLoop)
            .connectTimeout(limits.connect)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: false)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .connect(to: address)
            .assumeIsolated()
            .whenComplete { result in
                let (handler, context) = bound.value
                switch result {
                case .success(let outside):
                    guard context.channel.isActive else { return outside.close(promise: nil) }
                    handler.join(outside, request, context)
                case .failure(let error) where others.isEmpty:
                    let status = error is ChannelError ? 504 : 502
                    handler.refuse(status, "\(request.target) cannot be reached: \(error).", context)
                case .failure: handler.dial(others, request, context)
                }
            }
    }

    private func join(_ outside: any Channel, _ request: EgressRequest, _ context: ChannelHandlerContext) {
        let inside = context.channel
        let (near, far) = GlueHandler.pair()
        do {
            try outside.pipeline.syncOperations.addHandler(far)
            try inside.pipeline.syncOperations.addHandler(near)
        } catch {
            outside.close(promise: nil)
            return inside.close(promise: nil)
        }
        if let head = request.forwardedHead {
            outside.write(outside.allocator.buffer(bytes: head), promise: nil)
        } else {
            let answer = ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        }
        if received.readableBytes > 0 { outside.write(received, promise: nil) }
        outside.flush()
        if hasEndedInput { outside.close(mode: .output, promise: nil) }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        inside.read()
        outside.read()
    }

    // MARK: Answering

    private func refuse(_ status: Int, _ text: String, _ context: ChannelHandlerContext) {
        if case .refused = state { return }
        state = .refused
        timer?.cancel()
        received.clear()
        let body = text + "\n"
        let reasons = [
            400: "Bad Request", 403: "Forbidden", 408: "Request Timeout", 431: "Request Header Fields Too Large",
            502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
        ]
        let answer = """
            HTTP/1.1 \(status) \(reasons[status] ?? "Error")\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r
            \(body)
            """
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer))).assumeIsolated().whenComplete { _ in
            bound.value.close(mode: .output, promise: nil)
        }
        // Read on for a moment: closing over unread bytes would reset the connection and take the answer with it.
        context.read()
        timer = context.eventLoop.scheduleTask(in: .seconds(2)) { bound.value.close(promise: nil) }
    }
}
