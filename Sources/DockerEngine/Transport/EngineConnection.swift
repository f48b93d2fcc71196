import AsyncHTTPClient
import Foundation
import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends calls to the engine's socket and tells its refusals apart.
struct EngineConnection: Sendable {
    let socket: String

    // Lives as long as the process, like AsyncHTTPClient's own shared client, whose read timeout would end event streams.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: nil)
        )
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        // An engine that is not there should be noticed now, not when the deadline passes.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
            configuration: configuration
        )
    }()

    /// An answer that is read to its end.
    struct Answer: Sendable {
        var status: HTTPResponseStatus
        var headers: HTTPHeaders
        var body: ByteBuffer
    }

    /// Sends a call and collects the answer.
    func send(_ call: EngineCall, version: DockerVersion?) async throws(DockerError) -> Answer {
        do {
            return try await exchange(call, version)
        } catch {
            // The engine may have restarted since the pooled connection was made.
            guard call.isRepeatable, case .engineUnreachable = error, !Task.isCancelled else { throw error }
        }
        return try await exchange(call, version)
    }

    /// Sends a call whose answer is read as it comes.
    func open(_ call: EngineCall, version: DockerVersion?) async throws(DockerError) -> HTTPClientResponse.Body {
        try await within(call.limit, call.summary) {
            let response = try await execute(call, version)
            guard (200..<300).contains(response.status.code) else {
                throw Self.refusal(response.status, try await response.body.collect(upTo: 1 << 20))
            }
            return response.body
        }
    }

    private func exchange(_ call: EngineCall, _ version: DockerVersion?) async throws(DockerError) -> Answer {
        try await within(call.limit, call.summary) {
            let response = try await execute(call, version)
            let body = try await response.body.collect(upTo: call.maximum)
            guard (200..<300).contains(response.status.code) else { throw Self.refusal(response.status, body) }
            return Answer(status: response.status, headers: response.headers, body: body)
        }
    }

    private func execute(_ call: EngineCall, _ version: DockerVersion?) async throws -> HTTPClientResponse {
        guard let url = URL(httpURLWithSocketPath: socket, uri: call.target(version: version)) else {
            throw DockerError.badRequest("'\(socket)' and '\(call.path)' make no address.")
        }
        var message = HTTPClientRequest(url: url.absoluteString)
        message.method = call.method
        // AsyncHTTPClient leaves it out for unix sockets, and the engine refuses requests without it.
        message.headers.add(name: "Host", value: "docker")
        for (name, value) in call.headers { message.headers.add(name: name, value: value) }
        if let body = call.body {
            message.headers.add(name: "Content-Type", value: call.contentType)
            message.body = body
        }
        return try await Self.client.execute(message, deadline: .distantFuture)
    }

    /// Runs one exchange, ends it when its time is over, and makes its errors ours.
    func within<Value: Sendable>(
        _ limit: Duration,
        _ summary: String,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws(DockerError) -> Value {
        do {
            return try await withThrowingTaskGroup(of: Value?.self) { group in
                group.addTask { try await body() }
                group.addTask {
                    try await Task.sleep(for: limit)  // ok: the deadline itself
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let value = first else { throw DockerError.timedOut(summary) }
                return value
            }
        } catch {
            throw Task.isCancelled ? .cancelled : DockerError(error, socket: socket)
        }
    }

    /// What the engine says beside a status that is no success.
    static func refusal(_ status: HTTPResponseStatus, _ body: ByteBuffer) -> DockerError {
        struct Message: Decodable {
            var message: String
        }
        var message: String
        do {
            message = try EngineAnswer.decode(Message.self, from: body).message
        } catch {
            message = String(decoding: body.readableBytesView.prefix(500), as: UTF8.self)
        }
        message = message.trimmingCharacters(in: .whitespacesAndNewlines)
        if message.isEmpty { message = "status \(status.code) without a message" }
        return switch status.code {
        case 304: .notModified
        // The engine has no code of its own for it (API v1.41, version middleware).
        case 400 where message.hasPrefix("client version "): .versionUnsupported(engine: "unlike ours (\(message))")
        case 400: .badRequest(message)
        case 401, 403: .unauthorized(message)
        case 404: .notFound(message)
        case 409: .conflict(message)
        default: .engineFailed(status: Int(status.code), message: message)
        }
    }
}
