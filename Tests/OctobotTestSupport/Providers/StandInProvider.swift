import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A program on loopback that is every model provider's login: Anthropic's, OpenAI's and GitHub's, with faults on demand.
package final class StandInProvider: Sendable {
    /// What goes wrong with one answer.
    package enum Fault: Sendable, Equatable {
        /// An answer of this kind and status in place of the right one.
        case answer(status: Int, body: String, type: String = "application/json")
        /// The error of OAuth with this code.
        case error(String, status: Int = 400)
        case redirect(to: String)
        /// Many megabytes.
        case huge
        /// The right head, and then a byte now and then, for ever.
        case drip
        /// Nothing at all.
        case silence
        /// The connection is closed in place of an answer.
        case close
    }

    /// A request as it came.
    package struct Request: Sendable {
        package var path: String
        package var contentType: String
        package var fields: [String: String]
    }

    struct State {
        var faults: [Fault] = []
        var requests: [Request] = []
        var grants: [String: Grant] = [:]
        var devices: [String: Device] = [:]
        var refreshTokens: Set<String> = []
        var number = 0
    }

    let state = Mutex(State())
    private let server: any Channel

    /// Such as `http://127.0.0.1:40123`.
    package let url: String

    /// Starts it and runs `body`.
    package static func run<Result: Sendable>(
        _ body: (StandInProvider) async throws -> Result
    ) async throws -> Result {
        let provider = try await StandInProvider()
        do {
            let result = try await body(provider)
            try await provider.server.close()
            return result
        } catch {
            try await provider.server.close()
            throw error
        }
    }

    private init() async throws {
        let box = Mutex<StandInProvider?>(nil)
        server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    if let provider = box.withLock({ $0 }) {
                        try channel.pipeline.syncOperations.addHandler(StandInHandler(provider: provider))
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        url = "http://127.0.0.1:\(server.localAddress?.port ?? 0)"
        box.withLock { $0 = self }
    }

    /// Lets the next answers go wrong, one fault each.
    package func fail(_ faults: Fault...) { state.withLock { $0.faults += faults } }

    /// What came so far.
    package var requests: [Request] { state.withLock { $0.requests } }

    /// Makes every refresh token given out so far worthless.
    package func revokeRefreshTokens() { state.withLock { $0.refreshTokens = [] } }

    func reaction(to request: Request) -> Reaction {
        let fault = state.withLock { state -> Fault? in
            state.requests.append(request)
            return state.faults.isEmpty ? nil : state.faults.removeFirst()
        }
        switch fault {
        case nil: return answer(to: request)
        case .answer(let status, let body, let type)?:
            return .answer(status, Array(body.utf8), [("Content-Type", type)])
        case .error(let code, let status)?: return .json(status, ["error": .string(code)])
        case .redirect(let target)?: return .answer(302, [], [("Location", target)])
        case .huge?:
            let filling = String(repeating: "x", count: 4 << 20)
            return .json(200, ["access_token": "access-huge", "filling": .string(filling)])
        case .drip?: return .drip
        case .silence?: return .silence
        case .close?: return .close
        }
    }
}

/// What a handler does with a request.
enum Reaction {
    case answer(Int, [UInt8], [(String, String)])
    case drip, silence, close

    static func json(_ status: Int, _ value: JSONValue) -> Reaction {
        .answer(status, value.serialized(), [("Content-Type", "application/json")])
    }
}

/// Reads one request after the other and answers each.
private final class StandInHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let provider: StandInProvider
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var dripping: RepeatedTask?

    init(provider: StandInProvider) { self.provider = provider }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var bytes): body.writeBuffer(&bytes)
        case .end:
            guard let head else { return }
            let type = head.headers.first(name: "Content-Type") ?? ""
            let text = String(buffer: body)
            react(
                provider.reaction(
                    to: StandInProvider.Request(
                        path: String(head.uri.prefix { $0 != "?" }),
                        contentType: type,
                        fields: type.hasPrefix("application/json") ? Self.members(text) : Self.form(text)
                    )
                ),
                context
            )
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        dripping?.cancel()
        context.fireChannelInactive()
    }

    private func react(_ reaction: Reaction, _ context: ChannelHandlerContext) {
        switch reaction {
        case .silence: break
        case .close: context.close(promise: nil)
        case .answer(let status, let bytes, let fields):
            var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status))
            for (name, value) in fields { head.headers.add(name: name, value: value) }
            head.headers.add(name: "Content-Length", value: "\(bytes.count)")
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .drip:
            var head = HTTPResponseHead(version: .http1_1, status: .ok)
            head.headers.add(name: "Content-Type", value: "application/json")
            head.headers.add(name: "Content-Length", value: "100000")
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            dripping = context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) { _ in
                let part = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: " ")))
                bound.value.writeAndFlush(NIOAny(part), promise: nil)
            }
        }
    }

    private static func members(_ text: String) -> [String: String] {
        let value = (try? JSONValue(parsing: Array(text.utf8)))?.objectValue ?? [:]
        return value.compactMapValues(\.stringValue)
    }

    private static func form(_ text: String) -> [String: String] {
        StandInProvider.query(text)
    }
}
