import AsyncHTTPClient
import Foundation
import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix
import SandboxAgentAPI

/// Sends requests to one agent and tells its refusals apart.
struct AgentConnection: Sendable {
    /// A successful answer's body.
    typealias Body = ByteBuffer

    /// One request, body included.
    struct Request {
        var method: HTTPMethod
        var path: String
        var query: [(name: String, value: String)] = []
        var headers: [(String, String)] = []
        var body: [UInt8]?
        var contentType = "application/json"
        /// How long the whole exchange may take.
        var limit = Duration.seconds(30)
        /// The largest body accepted.
        var maximum = 1 << 20

        init(_ method: HTTPMethod, _ path: String) {
            self.method = method
            self.path = path
        }
    }

    /// Finds out where the agent listens; asked before every request.
    let locate: AgentEndpoint.Locator
    let secret: String

    // Both live as long as the process, like AsyncHTTPClient's own shared client, whose limits do not fit: a commit may
    // take longer than its read timeout, and a stream must notice a dead sandbox though no deadline ends it.
    private static let calls = makeClient(readTimeout: nil)
    private static let streams = makeClient(readTimeout: .seconds(60))

    private static func makeClient(readTimeout: TimeAmount?) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: readTimeout)
        )
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        // A sandbox that is gone should be noticed now, not when the deadline passes.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
            configuration: configuration
        )
    }

    /// Sends a request and collects the answer.
    func send(_ request: Request) async throws(SandboxAgentError) -> ByteBuffer {
        do {
            return try await exchange(request)
        } catch {
            // A pooled connection may have been closed by the agent's restart while it was taken out of the pool.
            guard case .broken(let text) = error else { throw error.reason }
            guard !Task.isCancelled else { throw .unreachable(text) }
        }
        do {
            return try await exchange(request)
        } catch {
            throw error.reason
        }
    }

    /// Opens an endless answer; `nil` for 204.
    func open(_ request: Request) async throws(SandboxAgentError) -> HTTPClientResponse.Body? {
        do {
            let response = try await execute(request, with: Self.streams, deadline: .distantFuture)
            if response.status == .noContent { return nil }
            guard response.status == .ok else { throw try await Self.refusal(response) }
            return response.body
        } catch let error as SandboxAgentError {
            throw error
        } catch {
            throw Self.unreachable(error)
        }
    }

    private enum Failure: Error {
        /// The connection broke before an answer came.
        case broken(String)
        case other(SandboxAgentError)

        var reason: SandboxAgentError {
            switch self {
            case .broken(let text): .unreachable(text)
            case .other(let error): error
            }
        }
    }

    private func exchange(_ request: Request) async throws(Failure) -> ByteBuffer {
        do {
            let (seconds, attoseconds) = request.limit.components
            let deadline = NIODeadline.now() + .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
            let response = try await execute(request, with: Self.calls, deadline: deadline)
            guard (200..<300).contains(response.status.code) else { throw try await Self.refusal(response) }
            do {
                return try await response.body.collect(upTo: request.maximum)
            } catch is NIOTooManyBytesError {
                throw SandboxAgentError.invalidAnswer("more than \(request.maximum) bytes")
            }
        } catch let error as SandboxAgentError {
            throw .other(error)
        } catch let error as HTTPClientError where error == .remoteConnectionClosed {
            throw .broken("the connection was closed")
        } catch let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE {
            throw .broken("the connection was reset")
        } catch let error as ChannelError where error == .ioOnClosedChannel {
            // Closed between being taken out of the pool and being written to.
            throw .broken("the connection was closed")
        } catch {
            throw .other(Self.unreachable(error))
        }
    }

    private func execute(
        _ request: Request,
        with client: HTTPClient,
        deadline: NIODeadline
    ) async throws -> HTTPClientResponse {
        let endpoint = try await locate()
        guard endpoint.isPlausible else { throw SandboxAgentError.unreachable("its socket is not there") }
        var message = HTTPClientRequest(url: endpoint.url(request.path, query: request.query))
        message.method = request.method
        message.headers.add(name: "Host", value: endpoint.host)
        message.headers.add(name: AgentHeader.authorization, value: "Bearer \(secret)")
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        if let body = request.body {
            message.headers.add(name: "Content-Type", value: request.contentType)
            message.body = .bytes(ByteBuffer(bytes: body))
        }
        return try await client.execute(message, deadline: deadline)
    }

    private static func unreachable(_ error: any Error) -> SandboxAgentError {
        switch error {
        case let error as IOError:
            switch error.errnoCode {
            case ENOENT: .unreachable("its socket is not there")
            case ECONNREFUSED: .unreachable("nothing listens on its socket")
            default: .unreachable(error.description)
            }
        case let error as HTTPClientError: .unreachable(error.shortDescription)
        case is CancellationError: .unreachable("the request was cancelled")
        default: .unreachable("\(error)")
        }
    }

    /// Reads the refusal out of an answer.
    private static func refusal(_ response: HTTPClientResponse) async throws -> SandboxAgentError {
        let status = Int(response.status.code)
        let bytes = try await response.body.collect(upTo: 1 << 20)
        guard response.status != .unauthorized else { return .unauthorized }
        guard let body = try? AgentAnswer.decode(ErrorBody.self, from: bytes) else {
            return status == 404 ? .notFound : .refused(status: status, code: "", message: "status \(status)")
        }
        switch (status, body.error) {
        case (409, ErrorBody.completionInProgress), (409, ErrorBody.noActiveCompletion), (409, "commit_in_progress"):
            return .conflict(body.completionID ?? "")
        case (404, let code) where body.message == nil && code != ErrorBody.noCommits:
            return .notFound
        default:
            return .refused(status: status, code: body.error, message: body.message ?? body.error)
        }
    }
}
