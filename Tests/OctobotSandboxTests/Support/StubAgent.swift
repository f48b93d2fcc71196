import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on a unix socket that answers as a test tells it.
final class StubAgent: Sendable {
    struct Request: Sendable {
        var method: String
        var uri: String
        var headers: HTTPHeaders
        var body: String
    }

    struct Answer: Sendable {
        var status = 200
        var body = ""
        /// The connection is closed in the middle of the body.
        var breaksOff = false

        static func json(_ body: String, status: Int = 200) -> Answer { Answer(status: status, body: body) }
    }

    let path: String
    private let channel: any Channel
    private let taken: Seen

    private final class Seen: Sendable {
        let requests = Mutex<[Request]>([])
        let connections = Mutex<[any Channel]>([])
    }

    var requests: [Request] { taken.requests.withLock { $0 } }

    convenience init(_ path: String, answer: @escaping @Sendable (Request) -> Answer) async throws {
        try await self.init(path, answer) {
            try await $0.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        }
    }

    /// The same at a port of loopback.
    convenience init(port: Int, answer: @escaping @Sendable (Request) -> Answer) async throws {
        try await self.init("", answer) { try await $0.bind(host: "127.0.0.1", port: port).get() }
    }

    private init(
        _ path: String,
        _ answer: @escaping @Sendable (Request) -> Answer,
        bind: (ServerBootstrap) async throws -> any Channel
    ) async throws {
        self.path = path
        let taken = Seen()
        self.taken = taken
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                taken.connections.withLock { $0.append(channel) }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(answer, taken))
                }
            }
        channel = try await bind(bootstrap)
    }

    /// Ends the server and every connection, as the end of its process would.
    func close() async throws {
        try await channel.close()
        for connection in taken.connections.withLock({ $0 }) where connection.isActive { try await connection.close() }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: @Sendable (Request) -> Answer
        private let taken: Seen
        private var request: Request?

        init(_ answer: @escaping @Sendable (Request) -> Answer, _ taken: Seen) {
            self.answer = answer
            self.taken = taken
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                request = Request(method: head.method.rawValue, uri: head.uri, headers: head.headers, body: "")
            case .body(let buffer): request?.body += String(buffer: buffer)
            case .end:
                guard let request else { return }
                taken.requests.withLock { $0.append(request) }
                send(answer(request), context)
            }
        }

        private func send(_ answer: Answer, _ context: ChannelHandlerContext) {
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status))
            if answer.breaksOff || answer.body.isEmpty {
                if answer.status != 204, answer.breaksOff {
                    head.headers.add(name: "Transfer-Encoding", value: "chunked")
                }
                if answer.status != 204, !answer.breaksOff { head.headers.add(name: "Content-Length", value: "0") }
            } else {
                head.headers.add(name: "Content-Length", value: String(answer.body.utf8.count))
            }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            // In pieces that fall where they fall.
            var rest = ByteBuffer(string: answer.body)
            while let piece = rest.readSlice(length: min(rest.readableBytes, 10_007)), piece.readableBytes > 0 {
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil)
            }
            guard !answer.breaksOff else { return context.close(promise: nil) }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
