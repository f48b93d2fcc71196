import CLinux
import Foundation
import NIOCore
import NIOPosix

/// A socket that answers as told, for what a real engine does not do on demand.
final class StubEngine: Sendable {
    /// What it does with a request, after ping was answered.
    enum Answer: Sendable {
        case bytes(String)
        /// Bytes, then the connection is closed.
        case cut(String)
        /// Nothing, for as long as the other side waits.
        case silence
    }

    let socket: String
    private let server: any Channel

    /// Listens on a socket in `folder`, whose pings name `version`.
    init(in folder: URL, version: String? = "1.41", _ answer: Answer) async throws {
        socket = folder.appending(path: "stub.sock").path(percentEncoded: false)
        server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(version: version, answer: answer))
                }
            }
            .bind(unixDomainSocketPath: socket)
            .get()
    }

    func close() async throws { try await server.close() }

    static func json(_ status: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        let version: String?
        let answer: Answer
        var request = ""

        init(version: String?, answer: Answer) {
            self.version = version
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            request += String(buffer: unwrapInboundIn(data))
            guard request.contains("\r\n\r\n") else { return }
            let isPing = request.contains("/_ping")
            request = ""
            if isPing {
                let header = version.map { "Api-Version: \($0)\r\n" } ?? ""
                return write("HTTP/1.1 200 OK\r\n\(header)Content-Length: 2\r\n\r\nOK", context)
            }
            switch answer {
            case .bytes(let text): write(text, context)
            case .cut(let text):
                write(text, context)
                context.close(promise: nil)
            case .silence: break
            }
        }

        private func write(_ text: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
        }
    }
}
