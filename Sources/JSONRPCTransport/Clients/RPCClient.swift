import Glibc
package import JSONRPC
import JSONText
package import Logging
package import NIOCore
import NIOPosix
import Synchronization

/// Calls a daemon over its unix socket.
package final class RPCClient: Sendable {
    /// The connection itself.
    package let connection: RPCConnection
    /// Notifications of no subscription, such as `rpc.goaway`; the newest 256, for one reader.
    package var notifications: AsyncStream<RPCNotification> { session.others }

    let session: ClientSession

    private init(connection: RPCConnection, session: ClientSession) {
        self.connection = connection
        self.session = session
    }

    deinit { connection.close() }

    /// Connects to the socket at `path`.
    ///
    /// - Parameter messageBytes: the most bytes an answer or notification may have.
    package static func connect(
        toSocket path: String,
        messageBytes: Int = 17 << 20,
        group: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup,
        logger: Logger = Logger(label: "rpc.client", factory: { _ in SwiftLogNoOpLogHandler() })
    ) async throws(RPCConnectError) -> RPCClient {
        do throws(SocketPathError) {
            _ = try SocketPath.check(path)
        } catch {
            throw .path(error)
        }
        var options = ConnectionOptions()
        options.limits.messageBytes = messageBytes
        options.framing = .newline
        options.servesHalfClosed = false
        options.allowsMoreMembers = true
        let session = ClientSession()
        let bootstrap = ClientBootstrap(group: group)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 4096, initial: 16384, maximum: 1 << 20)
            )
        do {
            let connection = try await bootstrap.connect(unixDomainSocketPath: path) { [options] channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = RPCConnection(channel: channel, peer: nil, options: options, logger: logger)
                    session.attach(connection)
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(connection: connection) { _ throws(RPCError) in session }
                    )
                    return connection
                }
            }
            return RPCClient(connection: connection, session: session)
        } catch {
            throw RPCConnectError(error, path: path)
        }
    }

    /// Makes a call and gives the text of its result.
    ///
    /// Cancelling the task sends `rpc.cancel` and does not wait for the answer.
    /// - Throws: `RPCError`, ``RPCConnectionClosed``, `CancellationError`.
    package func call(_ method: String, params: [UInt8] = Array("{}".utf8)) async throws -> [UInt8] {
        try await connection.call(method, params: params)
    }

    /// Sends a notification.
    package func notify(_ method: String, params: [UInt8]) throws(RPCConnectionClosed) {
        guard connection.notify(method, params: params) else { throw RPCConnectionClosed() }
    }

    /// Starts a subscription (rpc.md §5).
    ///
    /// No notification of it is missed, whenever its reading begins.
    ///
    /// - Throws: what ``call(_:params:)`` throws; `RPCError` −32603 when the answer names no subscription.
    package func subscribe(_ method: String, params: [UInt8]) async throws -> RPCSubscription {
        let feed = NotificationFeed { [weak session] in session?.taken($0) }
        let answer = try await connection.call(method, params: params) { [session] result in
            if let name = Self.subscription(in: result) { session.open(name, feed) }
        } onLateResult: { [weak connection] result in
            // The daemon had answered before the cancellation reached it.
            if let name = Self.subscription(in: result) { connection?.unsubscribe(name) }
        }
        guard let name = Self.subscription(in: answer) else {
            throw RPCError(code: -32603, message: "The answer to \(method) names no subscription.")
        }
        return RPCSubscription(answer: answer, name: name, feed: feed, client: self)
    }

    /// Closes the connection and waits until it is gone; calls that wait fail.
    package func close() async {
        connection.close()
        await connection.closed()
    }

    /// Ends a subscription nobody reads any more.
    func abandon(_ subscription: String) {
        if session.remove(subscription) { connection.unsubscribe(subscription) }
    }

    private static func subscription(in result: [UInt8]) -> String? {
        do throws(JSONScanError) {
            return try JSONValue(parsing: result)["subscription"]?.stringValue
        } catch {
            return nil
        }
    }
}

extension RPCConnection {
    /// Ends a subscription.
    ///
    /// By a call, because the daemon takes no such notification; its answer tells nothing we need.
    func unsubscribe(_ subscription: String) {
        let id = state.withLock { state in
            state.nextCall += 1
            return state.nextCall
        }
        let params = ByteBuffer(bytes: JSONValue.object(["subscription": .string(subscription)]).serialized())
        enqueue { buffer in
            MessageEncoder.request(
                id: RPCID(id),
                method: "rpc.unsubscribe",
                params: CollectionOfOne(params.readableBytesView),
                into: &buffer
            )
        }
    }
}

extension RPCConnectError {
    fileprivate init(_ error: any Error, path: String) {
        let error = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
        guard let system = error as? IOError else {
            self = .refused(path: path, reason: "\(error)")
            return
        }
        let reason = String(cString: strerror(system.errnoCode))
        switch system.errnoCode {
        case ENOENT, ECONNREFUSED, ENOTDIR: self = .nobodyListens(path: path, reason: reason)
        default: self = .refused(path: path, reason: reason)
        }
    }
}
