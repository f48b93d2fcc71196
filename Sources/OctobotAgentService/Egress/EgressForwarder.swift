import NIOCore
import NIOPosix

/// Offers octobotd's proxy inside the sandbox: bytes go from a loopback port to a unix socket and back (decision 11).
struct EgressForwarder: Sendable {
    /// The port agents are told in `HTTP_PROXY` and its kin.
    static let port = 17080

    var socketPath: String
    var port = Self.port

    /// The variables that send programs through the proxy, in both cases.
    static var environment: [String: String] {
        let proxy = "http://127.0.0.1:\(port)"
        var variables: [String: String] = [:]
        for (name, value) in [
            ("HTTP_PROXY", proxy), ("HTTPS_PROXY", proxy), ("ALL_PROXY", proxy),
            ("NO_PROXY", "localhost,127.0.0.1,::1"),
        ] {
            variables[name] = value
            variables[name.lowercased()] = value
        }
        return variables
    }

    /// Listens on loopback; the channel is closed by the caller.
    func start() async throws -> any Channel {
        let path = socketPath
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { inside in
                ClientBootstrap(group: inside.eventLoop)
                    .channelOption(.allowRemoteHalfClosure, value: true)
                    .channelOption(.autoRead, value: false)
                    .connect(unixDomainSocketPath: path)
                    .flatMapThrowing { outside in
                        let (near, far) = GlueHandler.pair()
                        try inside.pipeline.syncOperations.addHandler(near)
                        try outside.pipeline.syncOperations.addHandler(far)
                    }
            }
            .bind(host: "127.0.0.1", port: port)
            .get()
    }
}

/// Passes one connection's bytes to its partner on the same event loop; reads only as fast as the partner writes.
private final class GlueHandler: ChannelDuplexHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny
    typealias OutboundOut = NIOAny

    private var partner: GlueHandler?
    private var context: ChannelHandlerContext?
    private var wantsRead = false

    static func pair() -> (GlueHandler, GlueHandler) {
        let (first, second) = (GlueHandler(), GlueHandler())
        first.partner = second
        second.partner = first
        return (first, second)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { context.read() }
    }

    /// An accepted channel is registered only after its initializer: a read asked for before that is lost.
    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        context.read()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        partner?.context?.write(data, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.context?.flush()
        guard let other = partner?.context else { return }
        if other.channel.isWritable { context.read() } else { wantsRead = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable, let partner, partner.wantsRead else { return }
        partner.wantsRead = false
        partner.context?.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            partner?.context?.close(mode: .output, promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        partner?.context?.close(promise: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
