import JSONRPC
package import Logging
import NIOCore
import NIOPosix

extension RPCConnection {
    /// What a pipe's two ends have agreed on.
    package struct PipeOptions: Sendable {
        package var messageBytes = 64 << 20
        /// The notification that cancels a call, and the member of its params that names the call.
        package var cancelMethod = "$/cancel_request"
        package var cancelMember = "requestId"
        /// Whether the other end's messages carry `"jsonrpc": "2.0"`; some programs leave it out.
        package var needsVersion = true
        /// Takes lines that are no messages or cannot be read, which some programs print; nothing is answered to them.
        package var onNoise: (@Sendable ([UInt8]) -> Void)?

        package init() {}
    }

    /// Speaks over two descriptors, one JSON text a line, both ends calling; the connection owns the descriptors.
    ///
    /// What the other end writes is mended before it is given up: its notifications and answers come once.
    /// The end of the input ends the connection.
    package static func overPipe(
        input: Int32,
        output: Int32,
        options: PipeOptions = PipeOptions(),
        session: any RPCSession,
        logger: Logger
    ) async throws -> RPCConnection {
        try await overPipe(input: input, output: output, options: options, logger: logger) { _ in session }
    }

    /// The same for a session that must know its connection.
    package static func overPipe(
        input: Int32,
        output: Int32,
        options: PipeOptions = PipeOptions(),
        logger: Logger,
        session: @escaping @Sendable (RPCConnection) -> any RPCSession
    ) async throws -> RPCConnection {
        var connectionOptions = ConnectionOptions()
        connectionOptions.limits.messageBytes = options.messageBytes
        connectionOptions.limits.outboundBytes = options.messageBytes
        connectionOptions.limits.outboundMessages = .max
        // An agent may think as long as it likes before it reads on.
        connectionOptions.limits.stall = .seconds(86_400)
        connectionOptions.framing = .newline
        connectionOptions.allowsMoreMembers = true
        connectionOptions.needsVersion = options.needsVersion
        connectionOptions.mendsText = true
        connectionOptions.servesHalfClosed = false
        connectionOptions.takesLastWords = true
        connectionOptions.cancelMethods = [.init(name: options.cancelMethod, member: options.cancelMember)]
        connectionOptions.onNoise = options.onNoise
        return try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .takingOwnershipOfDescriptors(input: input, output: output) { [connectionOptions] channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = RPCConnection(
                        channel: channel,
                        peer: nil,
                        options: connectionOptions,
                        logger: logger
                    )
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(connection: connection) { connection throws(RPCError) in session(connection) }
                    )
                    return connection
                }
            }
    }
}
