import NIOCore
import NIOWebSocket

/// What makes a connection speak WebSocket, and the rules of RFC 6455 that NIO leaves to us.
enum WebSocketConnection {
    typealias Channel = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    /// The most bytes of a message, however many frames it comes in.
    static let messageBytes = 1 << 20
    /// The most frames of a message.
    static let fragments = 4096

    static func configure(_ channel: any NIOCore.Channel) throws -> Channel {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(WebSocketFrameEncoder())
        try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: messageBytes)))
        try pipeline.addHandler(WebSocketRules())
        try pipeline.addHandler(
            NIOWebSocketFrameAggregator(
                minNonFinalFragmentSize: 0,
                maxAccumulatedFrameCount: fragments,
                maxAccumulatedFrameSize: messageBytes
            )
        )
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true)
        )
    }

    /// The code that tells a client what was wrong with its frames (RFC 6455 §7.4.1).
    static func code(for error: any Error) -> WebSocketErrorCode? {
        switch error {
        case NIOWebSocketError.invalidFrameLength: .messageTooLarge
        case is NIOWebSocketError, is WebSocketRules.Violation: .protocolError
        case NIOWebSocketFrameAggregator.Error.tooManyFragments,
            NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge:
            .messageTooLarge
        case is NIOWebSocketFrameAggregator.Error: .protocolError
        default: nil
        }
    }
}

/// Refuses frames that a client must not send (RFC 6455 §5.1, §5.2); the first one is the last that is looked at.
final class WebSocketRules: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame

    struct Violation: Error {}

    private var isBroken = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        let frame = unwrapInboundIn(data)
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3, Self.known.contains(frame.opcode) else {
            isBroken = true
            return context.fireErrorCaught(Violation())
        }
        context.fireChannelRead(data)
    }

    private static let known: [WebSocketOpcode] = [.continuation, .text, .binary, .connectionClose, .ping, .pong]
}

/// Why a WebSocket ends, as a close frame says it (RFC 6455 §5.5.1).
struct WebSocketClose: Sendable, Equatable {
    /// `nil` for a close frame without one.
    var code: WebSocketErrorCode?
    var reason = ""

    /// What to answer a client's close frame: its own code, or that it was none.
    init(answering payload: ByteBuffer) {
        var payload = payload
        guard payload.readableBytes > 0 else { return }
        guard let number = payload.readInteger(as: UInt16.self), Self.isCode(number) else {
            code = .protocolError
            return
        }
        let isText = String(validating: payload.readableBytesView, as: UTF8.self) != nil
        code = isText ? WebSocketErrorCode(codeNumber: Int(number)) : .dataInconsistentWithMessage
    }

    init(_ code: WebSocketErrorCode, _ reason: String = "") {
        self.code = code
        self.reason = reason
    }

    var frame: WebSocketFrame {
        var data = ByteBuffer()
        if let code {
            data.write(webSocketErrorCode: code)
            data.writeString(reason)
        }
        return WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
    }

    /// RFC 6455 §7.4: those that may stand in a frame.
    private static func isCode(_ number: UInt16) -> Bool {
        switch number {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
