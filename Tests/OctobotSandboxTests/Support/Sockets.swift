import Foundation
import Glibc
import NIOCore
import NIOPosix

/// Sends `text` to a unix socket and collects the answer up to its end.
func exchange(_ path: String, _ text: String) async throws -> String {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelOption(.allowRemoteHalfClosure, value: true)
        .connect(unixDomainSocketPath: path) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    return try await channel.executeThenClose { inbound, outbound in
        try await outbound.write(ByteBuffer(string: text))
        var answer = ByteBuffer()
        for try await var buffer in inbound { answer.writeBuffer(&buffer) }
        return String(buffer: answer)
    }
}

/// A TCP server on loopback that greets every connection; counts them.
final class Greeter: Sendable {
    let channel: any Channel
    var port: Int { channel.localAddress?.port ?? 0 }

    init(host: String = "127.0.0.1") async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler()) }
            }
            .bind(host: host, port: 0).get()
    }

    func close() async throws { try await channel.close() }

    /// Echoes what comes behind a greeting, and closes when the other side does.
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var answer = ByteBuffer(string: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello ")
            answer.writeImmutableBuffer(unwrapInboundIn(data))
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
            context.close(mode: .all, promise: nil)
        }
    }
}

/// A listening socket in the abstract namespace, which no folder's mode protects.
struct AbstractSocket {
    let name: String
    private let descriptor: CInt

    init?() {
        name = "octobot-test-\(UInt64.random(in: 0...UInt64.max))"
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            UnsafeMutableRawBufferPointer(rebasing: bytes.dropFirst()).copyBytes(from: name.utf8)
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
        }
        guard isBound, listen(descriptor, 4) == 0 else { return nil }
    }

    func close() { Glibc.close(descriptor) }
}
