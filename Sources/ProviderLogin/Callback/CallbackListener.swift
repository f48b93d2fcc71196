import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Listens on 127.0.0.1 for the browser that comes back from a provider (RFC 8252 §7.3).
package final class CallbackListener: Sendable {
    /// Why there is no listener; the person then copies the code by hand.
    package enum Failure: Error, Sendable, Equatable {
        case portInUse(Int)
        case cannotListen(Int)
    }

    /// The one path that is answered.
    package static let path = "/auth/callback"

    package let port: Int
    private let server: any Channel
    private let visits: AsyncStream<CallbackVisit>

    private init(_ server: any Channel, _ visits: AsyncStream<CallbackVisit>, port: Int) {
        self.server = server
        self.visits = visits
        self.port = port
    }

    /// - Parameters:
    ///   - port: 0 for any that is free.
    ///   - patience: How long one connection may last.
    package static func bind(
        port: Int,
        patience: Duration = .seconds(60)
    ) async throws(Failure) -> CallbackListener {
        let (visits, feed) = AsyncStream.makeStream(of: CallbackVisit.self, bufferingPolicy: .bufferingOldest(16))
        let (seconds, attoseconds) = patience.components
        let limit = TimeAmount.nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        do {
            let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 16)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                        try channel.pipeline.syncOperations.addHandler(CallbackHandler(feed: feed, limit: limit))
                    }
                }
                .bind(host: "127.0.0.1", port: port)
                .get()
            server.closeFuture.whenComplete { _ in feed.finish() }
            return CallbackListener(server, visits, port: server.localAddress?.port ?? port)
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw .portInUse(port)
        } catch {
            throw .cannotListen(port)
        }
    }

    /// Ends ``serve(_:)`` and frees the port; returns when that is done.
    package func close() async {
        do {
            try await server.close()
        } catch {
            // Closed already.
        }
    }

    /// Answers every browser that comes, until the listener is closed or the task cancelled; for one task.
    package func serve(_ answer: @escaping @Sendable (CallbackRequest) async -> CallbackPage) async {
        await withDiscardingTaskGroup { group in
            for await visit in visits {
                group.addTask { visit.reply(await answer(visit.request)) }
            }
        }
    }
}

/// A browser that waits for its page.
struct CallbackVisit: Sendable {
    var request: CallbackRequest
    var reply: @Sendable (CallbackPage) -> Void
}

/// Reads one request of a connection, has it answered, and closes.
private final class CallbackHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let feed: AsyncStream<CallbackVisit>.Continuation
    private let limit: TimeAmount
    private var hasRequest = false
    private var alarm: Scheduled<Void>?

    init(feed: AsyncStream<CallbackVisit>.Continuation, limit: TimeAmount) {
        self.feed = feed
        self.limit = limit
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        alarm = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        alarm?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data), !hasRequest else { return }
        hasRequest = true
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.first.map(String.init) == CallbackListener.path else {
            let page = CallbackPage(title: "Nothing here", text: "Only the end of a login comes here.")
            return write(page, .notFound, context)
        }
        guard head.method == .GET else {
            return write(CallbackPage(title: "Not allowed", text: "A login ends with GET."), .methodNotAllowed, context)
        }
        guard let request = CallbackRequest(query: parts.count > 1 ? parts[1] : "") else {
            let text = "The address cannot be read. Begin the login again."
            return write(CallbackPage(title: "Login failed", text: text), .ok, context)
        }
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let visit = CallbackVisit(request: request) { page in
            eventLoop.execute { bound.value.handler.write(page, .ok, bound.value.context) }
        }
        guard case .enqueued = feed.yield(visit) else {
            return write(CallbackPage(title: "Too busy", text: "Load this page again."), .serviceUnavailable, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // No HTTP, or the browser went away; nobody is left to tell.
        context.close(promise: nil)
    }

    private func write(_ page: CallbackPage, _ status: HTTPResponseStatus, _ context: ChannelHandlerContext) {
        let body = ByteBuffer(string: page.html)
        var head = HTTPResponseHead(version: .http1_1, status: status)
        head.headers = [
            "Content-Type": "text/html; charset=utf-8", "Content-Length": "\(body.readableBytes)",
            "Connection": "close", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
            "Content-Security-Policy":
                "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ]
        if status == .methodNotAllowed { head.headers.add(name: "Allow", value: "GET") }
        let channel = context.channel
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}
