import HTTPTypes
import HummingbirdCore
import JSONText
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import OctobotModel
import OctobotServer

/// The handlers of one TCP connection: clocks and limits around HummingbirdCore's HTTP/1.1.
enum ConnectionPipeline {
    /// Sets the connection up; what it speaks is known with its first request.
    static func configure(
        _ channel: any Channel,
        _ configuration: GatewayConfiguration,
        departure: Departure,
        logger: Logger
    ) throws -> EventLoopFuture<UpgradeGate.Opening> {
        let pipeline = channel.pipeline.syncOperations
        let header = HeaderDeadlineHandler(limit: configuration.timeouts.header)
        try pipeline.addHandler(WriteStallHandler(limit: configuration.timeouts.write))
        try pipeline.addHandler(header)
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderListSize = configuration.limits.headerBytes
        decoder.maxHeaderFieldSize = configuration.limits.headerBytes
        decoder.maxHeaderFieldCount = 200
        try pipeline.addHandler(HTTPResponseEncoder(configuration: .init()))
        // What follows an upgrade is no HTTP, and belongs to whoever comes next.
        try pipeline.addHandler(
            ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoder)
            )
        )
        let opening = channel.eventLoop.makePromise(of: UpgradeGate.Opening.self)
        try pipeline.addHandler(
            UpgradeGate(header: header, departure: departure, opening: opening) { channel in
                try http(channel, configuration, header, departure, logger)
            }
        )
        try pipeline.addHandler(RequestHeadGate())
        return opening.futureResult
    }

    private static func http(
        _ channel: any Channel,
        _ configuration: GatewayConfiguration,
        _ header: HeaderDeadlineHandler,
        _ departure: Departure,
        _ logger: Logger
    ) throws -> HTTP1Channel.Value {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(
            RequestOrderHandler(
                header: header,
                bodyLimit: configuration.timeouts.body,
                keepAlive: configuration.timeouts.keepAlive,
                departure: departure,
                refuse: Self.refusal
            )
        )
        try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: configuration.timeouts.idle, logger: logger))
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true)
        )
    }

    /// The answer to what is no request.
    private static func refusal(_ error: any Error) -> (HTTPResponse, ByteBuffer) {
        let requestID = RequestID.make()
        let refusal: Refusal = (error as? HTTPParserError)?.refusal ?? .unreadable
        let bytes = refusal.fault.restBody(requestID: requestID).serialized()
        var response = Answer.json(bytes: bytes, status: HTTPResponse.Status(code: refusal.status))
        Answer.complete(&response, requestID: requestID)
        response.headers[.connection] = "close"
        response.headers[.contentLength] = "\(bytes.count)"
        return (response.head, ByteBuffer(bytes: bytes))
    }
}

extension HTTPParserError {
    fileprivate var refusal: Refusal {
        switch self {
        case .headerOverflow: .headerTooLarge
        default: .unreadable
        }
    }
}
