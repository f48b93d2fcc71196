import NIOCore
import NIOHTTP1

/// Brings the head of every request into the one form the responder knows.
///
/// * `Upgrade` is taken off, because what came this far is not upgraded, and the connection ends with the answer, because NIO's parser
///   has stopped reading it. Handlers behind it would otherwise wait for a protocol that never comes (decision 70).
/// * HTTP/1.0 connections end with the answer.
/// * A target in absolute form becomes `Host` and path (RFC 9112 §3.2.2).
/// * More than one `Host` counts as none.
final class RequestHeadGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        context.fireChannelRead(wrapInboundOut(.head(Self.plain(Self.normal(head)))))
    }

    private static func plain(_ head: HTTPRequestHead) -> HTTPRequestHead {
        var head = head
        if head.headers.contains(name: "upgrade") || head.method == .CONNECT || head.version == .http1_0 {
            head.headers.remove(name: "upgrade")
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        if head.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "close" }) {
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        return head
    }

    /// The head with one `Host` and a target that is a path.
    static func normal(_ head: HTTPRequestHead) -> HTTPRequestHead {
        var head = head
        if head.headers["host"].count > 1 { head.headers.remove(name: "host") }
        if let target = Self.absolute(head.uri) {
            head.headers.replaceOrAdd(name: "host", value: target.host)
            head.uri = target.path
        }
        return head
    }

    private static func absolute(_ uri: String) -> (host: String, path: String)? {
        guard uri.lowercased().hasPrefix("http://") else { return nil }
        let rest = uri.dropFirst("http://".count)
        guard let slash = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return (String(rest), "/") }
        let path = rest[slash...]
        return (String(rest[..<slash]), path.hasPrefix("?") ? "/" + path : String(path))
    }
}
