import CLinux
import Foundation
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import SandboxAgentAPI

/// Where the agent API listens.
enum ListenAddress: Sendable, Equatable {
    /// A unix socket, mode 0600.
    case socket(String)
    case tcp(host: String, port: Int)
}

/// Serves the agent API over HTTP/1.1.
struct AgentServer: Sendable {
    /// The address cannot be listened on.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    var address: ListenAddress
    var responder: AgentResponder
    var logger: Logger

    /// Listens until the task is cancelled.
    ///
    /// - Parameter ready: called once with the port, 0 for a unix socket, as soon as connections are accepted.
    func run(ready: @escaping @Sendable (Int) -> Void) async throws {
        let responder = responder
        let http = HTTP1Channel(
            responder: { request, writer, channel in try await responder.respond(request, writer, on: channel) },
            configuration: .init(
                additionalChannelHandlers: [StreamEndHandler()],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: AgentLimit.headers,
                    maxHeaderListSize: AgentLimit.headers
                )
            )
        )
        let (connections, feed) = AsyncStream<HTTP1Channel.Value>.makeStream()
        let logger = logger
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                http.setup(channel: channel, logger: logger).map { value in
                    feed.yield(value)
                    return ()
                }
            }
        let server: any Channel
        switch address {
        case .socket(let path): server = try await bootstrap.withBoundSocket(Self.bind(path)).get()
        case .tcp(let host, let port): server = try await bootstrap.bind(host: host, port: port).get()
        }
        server.closeFuture.whenComplete { _ in feed.finish() }
        ready(server.localAddress?.port ?? 0)
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for await value in connections {
                    group.addTask { await http.handle(value: value, logger: logger) }
                }
                group.cancelAll()
            }
        } onCancel: {
            server.close(promise: nil)
        }
    }

    /// Binds a unix socket that only its owner can connect to; one that a dead service left is replaced.
    static func bind(_ path: String) throws(Failure) -> CInt {
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room else {
            throw Failure(
                description: "The socket path '\(path)' has \(path.utf8.count) bytes; at most \(room - 1) fit."
            )
        }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw Failure(description: "No socket: \(errnoText()).") }
        if use(address, socket, { connect($0, .init(__sockaddr__: $1), $2) }) {
            close(socket)
            throw Failure(description: "Another service answers on '\(path)'.")
        }
        unlink(path)
        let mask = umask(0o177)
        let isBound = use(address, socket) { CLinux.bind($0, .init(__sockaddr__: $1), $2) }
        let code = errno
        umask(mask)
        guard isBound, listen(socket, 256) == 0 else {
            close(socket)
            throw Failure(description: "Cannot listen on '\(path)': \(errnoText(code)).")
        }
        return socket
    }

    private static func use(
        _ address: sockaddr_un,
        _ socket: CInt,
        _ call: (CInt, UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> Bool {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
