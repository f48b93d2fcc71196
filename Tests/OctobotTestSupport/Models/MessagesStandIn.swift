package import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Anthropic's Messages API on loopback, which plays a script: each request takes the next step, and what is not as the
/// script has it is an objection that a test looks at in the end.
package final class MessagesStandIn: Sendable {
    private struct State {
        var steps: [MessagesStep]
        var objections: [String] = []
        var requests: [JSONValue] = []
    }

    private let state: Mutex<State>
    /// The only key that is right.
    private let key: String
    private let server = Mutex<(any Channel)?>(nil)

    /// Such as `127.0.0.2:40123`; a sandbox's programs go to 127.0.0.1 themselves, to this one through the proxy.
    package var address: String {
        let address = server.withLock { $0?.localAddress }
        return "\(address?.ipAddress ?? ""):\(address?.port ?? 0)"
    }

    /// What was not as the script has it, the steps that nobody asked for included.
    package var objections: [String] {
        state.withLock { state in
            state.objections + (state.steps.isEmpty ? [] : ["\(state.steps.count) steps were not asked for"])
        }
    }

    /// The bodies of the requests that were answered.
    package var requests: [JSONValue] { state.withLock { $0.requests } }

    /// Starts it and runs `body`.
    package static func run<Result: Sendable>(
        key: String,
        _ steps: [MessagesStep],
        _ body: (MessagesStandIn) async throws -> Result
    ) async throws -> Result {
        let standIn = MessagesStandIn(key: key, steps)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(MessagesHandler(standIn: standIn))
                }
            }
            .bind(host: "127.0.0.2", port: 0)
            .get()
        standIn.server.withLock { $0 = channel }
        do {
            let result = try await body(standIn)
            try await channel.close()
            return result
        } catch {
            try await channel.close()
            throw error
        }
    }

    private init(key: String, _ steps: [MessagesStep]) {
        self.key = key
        state = Mutex(State(steps: steps))
    }

    fileprivate enum Reply {
        case stream([(name: String, data: JSONValue)], isEndless: Bool)
        case error(Int, kind: String, message: String)
        case empty
    }

    fileprivate func reply(_ head: HTTPRequestHead, _ text: String) -> Reply {
        // Programs look whether anybody is there.
        if head.method == .HEAD { return .empty }
        guard head.method == .POST, head.uri.hasPrefix("/v1/messages"), !head.uri.contains("count_tokens") else {
            return object("unexpected \(head.method) \(head.uri)")
        }
        guard head.headers.first(name: "x-api-key") == key else {
            return .error(401, kind: "authentication_error", message: "invalid x-api-key")
        }
        guard head.headers.first(name: "anthropic-version") == "2023-06-01" else {
            return object("anthropic-version is missing")
        }
        let body: JSONValue
        do { body = try JSONValue(parsing: Array(text.utf8)) } catch { return object("a body that is not JSON") }
        guard body["stream"] == true, let model = body["model"]?.stringValue,
            let most = body["max_tokens"]?.integerValue, most > 0, body["messages"]?.arrayValue?.isEmpty == false
        else { return object("a body without model, max_tokens, messages or stream") }
        return state.withLock { state in
            guard let step = state.steps.first else {
                state.objections.append("more requests than the script has")
                return .error(400, kind: "invalid_request_error", message: "not in the script")
            }
            if let objection = step.objection(body) {
                state.objections.append(objection)
                return .error(400, kind: "invalid_request_error", message: objection)
            }
            state.steps.removeFirst()
            state.requests.append(body)
            return .stream(step.events(state.requests.count, model: model), isEndless: step.isEndless)
        }
    }

    private func object(_ objection: String) -> Reply {
        state.withLock { $0.objections.append(objection) }
        return .error(400, kind: "invalid_request_error", message: objection)
    }
}

/// Reads one request after the other and answers each.
private final class MessagesHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let standIn: MessagesStandIn
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(standIn: MessagesStandIn) { self.standIn = standIn }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var bytes): body.writeBuffer(&bytes)
        case .end:
            guard let head else { return }
            answer(standIn.reply(head, String(buffer: body)), context)
        }
    }

    private func answer(_ reply: MessagesStandIn.Reply, _ context: ChannelHandlerContext) {
        switch reply {
        case .empty: send(.ok, "text/plain", [], context)
        case .error(let status, let kind, let message):
            let body: JSONValue = ["type": "error", "error": ["type": .string(kind), "message": .string(message)]]
            send(.init(statusCode: status), "application/json", body.serialized(), context)
        case .stream(let events, let isEndless):
            let fields = HTTPHeaders([("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")])
            context.write(
                wrapOutboundOut(.head(.init(version: .http1_1, status: .ok, headers: fields))),
                promise: nil
            )
            for event in events {
                let data = String(decoding: event.data.serialized(), as: UTF8.self)
                let frame = ByteBuffer(string: "event: \(event.name)\ndata: \(data)\n\n")
                context.write(wrapOutboundOut(.body(.byteBuffer(frame))), promise: nil)
            }
            if isEndless { context.flush() } else { context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
        }
    }

    private func send(
        _ status: HTTPResponseStatus,
        _ type: String,
        _ body: [UInt8],
        _ context: ChannelHandlerContext
    ) {
        let fields = HTTPHeaders([("Content-Type", type), ("Content-Length", "\(body.count)")])
        context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: fields))), promise: nil)
        if !body.isEmpty { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
