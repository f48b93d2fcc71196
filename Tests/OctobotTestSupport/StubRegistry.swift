package import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A registry of images on loopback with one image in it, as much of OCI Distribution 1.1 as a pull needs.
package final class StubRegistry: Sendable {
    private struct Object: Sendable {
        var kind: String
        var digest: String
        var bytes: [UInt8]
    }

    /// The port of 127.0.0.1 it listens on.
    package let port: Int
    /// The image, such as `127.0.0.1:5000/test/image:latest`.
    package var image: String { "127.0.0.1:\(port)/test/image:latest" }

    private let server: any Channel
    private let objects: [String: Object]
    private let authorization: String?
    private let failures: Mutex<Int>
    private let fetches = Mutex(0)

    /// How often the image's manifest was asked for and refused or given.
    package var manifestFetches: Int { fetches.withLock { $0 } }

    /// Serves an image that holds the files of `root`.
    ///
    /// - Parameters:
    ///   - authorization: What a request's `Authorization` has to be.
    ///   - failures: How many answers in the beginning are a failure of the registry.
    package static func serve(
        _ root: URL,
        authorization: String? = nil,
        failures: Int = 0
    ) async throws -> StubRegistry {
        try await withTemporaryDirectory { folder in
            let path = folder.path(percentEncoded: false)
            let source = root.path(percentEncoded: false)
            _ = try await Command.output("/bin/tar", ["-C", source, "--numeric-owner", "-cf", path + "layer.tar", "."])
            let plain = try await digest(of: path + "layer.tar")
            _ = try await Command.output("/bin/gzip", ["-k", path + "layer.tar"])
            let layer = Array(try Data(contentsOf: URL(filePath: path + "layer.tar.gz")))
            let layerDigest = try await digest(of: path + "layer.tar.gz")
            let command = #"{"Cmd":["sh"],"Env":["PATH=/bin"]}"#
            let configuration = """
                {"architecture":"amd64","os":"linux","config":\(command),"rootfs":{"type":"layers","diff_ids":["\(plain)"]}}
                """
            let configurationDigest = try await digest(of: configuration, in: path)
            let kind = "application/vnd.docker.distribution.manifest.v2+json"
            let manifest = """
                {"schemaVersion":2,"mediaType":"\(kind)","config":{"mediaType":"application/vnd.docker.container.image.v1+json",\
                "size":\(configuration.utf8.count),"digest":"\(configurationDigest)"},"layers":[{"mediaType":\
                "application/vnd.docker.image.rootfs.diff.tar.gzip","size":\(layer.count),"digest":"\(layerDigest)"}]}
                """
            let manifestDigest = try await digest(of: manifest, in: path)
            let blob = "application/octet-stream"
            let base = "/v2/test/image"
            let top = Object(kind: kind, digest: manifestDigest, bytes: Array(manifest.utf8))
            return try await StubRegistry(
                [
                    "/v2/": Object(kind: "application/json", digest: "", bytes: Array("{}".utf8)),
                    "\(base)/manifests/latest": top,
                    "\(base)/manifests/\(manifestDigest)": top,
                    "\(base)/blobs/\(configurationDigest)": Object(
                        kind: blob,
                        digest: configurationDigest,
                        bytes: Array(configuration.utf8)
                    ),
                    "\(base)/blobs/\(layerDigest)": Object(kind: blob, digest: layerDigest, bytes: layer),
                ],
                authorization,
                failures
            )
        }
    }

    private static func digest(of text: String, in folder: String) async throws -> String {
        try Data(text.utf8).write(to: URL(filePath: folder + "text"))
        return try await digest(of: folder + "text")
    }

    private static func digest(of path: String) async throws -> String {
        "sha256:" + (try await Command.output("/usr/bin/sha256sum", [path])).prefix(64)
    }

    private init(_ objects: [String: Object], _ authorization: String?, _ failures: Int) async throws {
        self.objects = objects
        self.authorization = authorization
        self.failures = Mutex(failures)
        let box = Mutex<StubRegistry?>(nil)
        let answer: @Sendable (HTTPRequestHead) -> (HTTPResponseHead, ByteBuffer) = { request in
            box.withLock { $0 }?.answer(request) ?? (
                HTTPResponseHead(version: .http1_1, status: .notFound), ByteBuffer()
            )
        }
        server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Responder(answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        port = server.localAddress?.port ?? 0
        box.withLock { $0 = self }
    }

    package func close() async throws { try await server.close() }

    private func answer(_ request: HTTPRequestHead) -> (HTTPResponseHead, ByteBuffer) {
        var head = HTTPResponseHead(version: .http1_1, status: .ok)
        var body = ByteBuffer()
        if request.uri.contains("/manifests/latest") {
            fetches.withLock { $0 += 1 }
            let fails = failures.withLock { left in
                defer { left = max(0, left - 1) }
                return left > 0
            }
            if fails {
                head.status = .internalServerError
                return (head, body)
            }
        }
        if let authorization, request.headers.first(name: "Authorization") != authorization {
            head.status = .unauthorized
            head.headers.add(name: "WWW-Authenticate", value: "Basic realm=\"test\"")
            body = ByteBuffer(string: #"{"errors":[{"code":"UNAUTHORIZED","message":"who are you"}]}"#)
        } else if let object = objects[request.uri] {
            head.headers.add(name: "Content-Type", value: object.kind)
            if !object.digest.isEmpty { head.headers.add(name: "Docker-Content-Digest", value: object.digest) }
            body = ByteBuffer(bytes: object.bytes)
        } else {
            head.status = .notFound
            body = ByteBuffer(string: #"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#)
        }
        head.headers.add(name: "Content-Length", value: String(body.readableBytes))
        return (head, request.method == .HEAD ? ByteBuffer() : body)
    }

    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: @Sendable (HTTPRequestHead) -> (HTTPResponseHead, ByteBuffer)

        init(answer: @escaping @Sendable (HTTPRequestHead) -> (HTTPResponseHead, ByteBuffer)) {
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let request) = unwrapInboundIn(data) else { return }
            let (head, body) = answer(request)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
