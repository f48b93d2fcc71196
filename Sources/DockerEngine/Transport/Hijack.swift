import NIOCore
import NIOHTTP1

/// The pipeline that turns a request into a stream of bytes in both directions (RFC 9110 §7.8).
enum Hijack {
    enum Outcome: Sendable {
        case stream(NIOAsyncChannel<ByteBuffer, ByteBuffer>)
        /// Its body is still to come: nothing is read before the outcome is known.
        case refused(EventLoopFuture<Refusal>)
    }

    struct Refusal: Sendable {
        var status: HTTPResponseStatus
        var body: ByteBuffer
    }

    struct Pending: Sendable {
        var channel: any Channel
        var result: EventLoopFuture<Outcome>
    }

    static func configure(_ channel: any Channel, _ head: HTTPRequestHead, _ body: ByteBuffer) throws -> Pending {
        let upgrader = Upgrader()
        let configuration = NIOTypedHTTPClientUpgradeConfiguration(
            upgradeRequestHead: head,
            upgraders: [upgrader],
            notUpgradingCompletionHandler: refused
        )
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: configuration)
        // Output that arrives with the head of the answer.
        pipeline.leftOverBytesStrategy = .forwardBytes
        let result = try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: pipeline)
        // The upgrade handler sends a request without a body; this one slips it in on its way out.
        let handler = try channel.pipeline.syncOperations.handler(
            type: NIOTypedHTTPClientUpgradeHandler<Outcome>.self
        )
        try channel.pipeline.syncOperations.addHandler(BodyInserter(body), position: .before(handler))
        return Pending(channel: channel, result: result)
    }

    private static func refused(_ channel: any Channel) -> EventLoopFuture<Outcome> {
        channel.eventLoop.makeCompletedFuture {
            let collector = RefusalCollector(channel.eventLoop.makePromise(of: Refusal.self))
            try channel.pipeline.syncOperations.addHandler(collector)
            return .refused(collector.promise.futureResult)
        }
    }

    private struct Upgrader: NIOTypedHTTPClientProtocolUpgrader {
        let supportedProtocol = "tcp"
        let requiredUpgradeHeaders: [String] = []

        func addCustom(upgradeRequestHeaders: inout HTTPHeaders) {}

        func shouldAllowUpgrade(upgradeResponse: HTTPResponseHead) -> Bool { true }

        func upgrade(channel: any Channel, upgradeResponse: HTTPResponseHead) -> EventLoopFuture<Outcome> {
            channel.eventLoop.makeCompletedFuture {
                .stream(
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                )
            }
        }
    }
}

/// Sends the body of a request whose sender knows of none, then leaves.
private final class BodyInserter: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private let body: ByteBuffer

    init(_ body: ByteBuffer) {
        self.body = body
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        // Flushed here: what comes after the removal does not pass.
        context.writeAndFlush(data, promise: promise)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}

/// Collects an answer that is no upgrade.
private final class RefusalCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    let promise: EventLoopPromise<Hijack.Refusal>
    private var status = HTTPResponseStatus.internalServerError
    private var body = ByteBuffer()
    private var isDone = false

    init(_ promise: EventLoopPromise<Hijack.Refusal>) {
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = head.status
        case .body(var bytes):
            if body.readableBytes < 1 << 20 { body.writeBuffer(&bytes) }
        case .end:
            finish(.success(.init(status: status, body: body)))
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failure(error))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(ChannelError.eof))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(.failure(ChannelError.eof))
    }

    private func finish(_ outcome: Result<Hijack.Refusal, any Error>) {
        guard !isDone else { return }
        isDone = true
        promise.completeWith(outcome)
    }
}
