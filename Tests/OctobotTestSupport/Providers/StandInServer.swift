import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// What a stand-in does with a request.
enum StandInReply: Sendable {
    case answer(Int, [UInt8], [(String, String)])
    /// Server-sent events; nothing ends an open answer.
    case events([(name: String, data: JSONValue)], isOpen: Bool)
    /// The head of an answer, and then a byte now and then, for ever.
    case drip
    case silence, close

    static func json(_ status: Int, _ value: JSONValue) -> StandInReply {
        .answer(status, value.serialized(), [("Content-Type", "application/json")])
    }
}

/// The HTTP server on loopback behind every stand-in.
enum StandInServer {
    typealias Answer = @Sendable (HTTPRequestHead, [UInt8]) -> StandInReply

    /// Listens, makes the stand-in, which may know its address, and runs `body`.
    ///
    /// - Parameters:
    ///   - make: From the address, such as `127.0.0.1:40123`.
    ///   - answer: What becomes of a request and its body.
    static func run<StandIn: Sendable, Result: Sendable>(
        at host: String,
        _ make: (_ address: String) -> StandIn,
        answer: @escaping @Sendable (StandIn, HTTPRequestHead, [UInt8]) -> StandInReply,
        _ body: (StandIn) async throws -> Result
    ) async throws -> Result {
        let box = Mutex<Answer?>(nil)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    if let answer = box.withLock({ $0 }) {
                        try channel.pipeline.syncOperations.addHandler(StandInHandler(answer))
                    }
                }
            }
            .bind(host: host, port: 0)
            .get()
        let standIn = make("\(host):\(server.localAddress?.port ?? 0)")
        box.withLock { $0 = { answer(standIn, $0, $1) } }
        do {
            let result = try await body(standIn)
            try await server.close()
            return result
        } catch {
            try await server.close()
            throw error
        }
    }
}

/// Reads one request after the other and answers each.
private final class StandInHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: StandInServer.Answer
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var dripping: RepeatedTask?

    init(_ answer: @escaping StandInServer.Answer) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var bytes): body.writeBuffer(&bytes)
        case .end:
            guard let head else { return }
            send(answer(head, Array(body.readableBytesView)), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        dripping?.cancel()
        context.fireChannelInactive()
    }

    private func send(_ reply: StandInReply, _ context: ChannelHandlerContext) {
        switch reply {
        case .silence: break
        case .close: context.close(promise: nil)
        case .answer(let status, let bytes, let fields):
            write(status, fields + [("Content-Length", "\(bytes.count)")], context)
            write(ByteBuffer(bytes: bytes), context)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .events(let events, let isOpen):
            write(200, [("Content-Type", "text/event-stream")], context)
            for event in events {
                let data = String(decoding: event.data.serialized(), as: UTF8.self)
                write(ByteBuffer(string: "event: \(event.name)\ndata: \(data)\n\n"), context)
            }
            if isOpen { context.flush() } else { context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
        case .drip:
            write(200, [("Content-Type", "application/json"), ("Content-Length", "100000")], context)
            context.flush()
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            dripping = context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) { _ in
                let part = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: " ")))
                bound.value.writeAndFlush(NIOAny(part), promise: nil)
            }
        }
    }

    private func write(_ status: Int, _ fields: [(String, String)], _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: .init(fields))
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard bytes.readableBytes > 0 else { return }
        context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
    }
}
