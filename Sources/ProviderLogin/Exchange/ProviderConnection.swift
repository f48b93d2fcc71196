import AsyncHTTPClient
import Glibc
import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends one request to a provider and reads the answer, which may be anything.
struct ProviderConnection: Sendable {
    /// How long the whole exchange may take (behaviour.md §12.4).
    let limit: Duration

    /// Tokens are a few kilobytes.
    private static let largestAnswer = 256 << 10

    // Lives as long as the process, like AsyncHTTPClient's own shared client, which follows redirects: a code or refresh
    // token must reach nobody but the provider.
    private static let client = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10))
        )
        configuration.httpVersion = .http1Only
        // Trying again is ours to decide: a code is good once.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
            configuration: configuration
        )
    }()

    /// `application/x-www-form-urlencoded`, answered with JSON.
    func post(_ url: String, form: [(String, String)]) async throws(ProviderLoginError) -> ProviderAnswer {
        let body = form.map { "\(URLText.encode($0))=\(URLText.encode($1))" }.joined(separator: "&")
        return try await post(url, Array(body.utf8), "application/x-www-form-urlencoded")
    }

    /// A JSON object of texts, answered with JSON.
    func post(_ url: String, json: [String: String]) async throws(ProviderLoginError) -> ProviderAnswer {
        let body = JSONValue.object(json.mapValues { .string($0) }).serialized()
        return try await post(url, body, "application/json")
    }

    private func post(
        _ url: String,
        _ body: [UInt8],
        _ contentType: String
    ) async throws(ProviderLoginError) -> ProviderAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = ["Accept": "application/json", "Content-Type": contentType, "User-Agent": "octobot"]
        request.body = .bytes(ByteBuffer(bytes: body))
        let (status, bytes) = try await exchange(request)
        guard status != 429, status < 500 else { throw .failed(status: status) }
        return try ProviderAnswer(bytes, status: status)
    }

    private func exchange(_ request: HTTPClientRequest) async throws(ProviderLoginError) -> (Int, [UInt8]) {
        do {
            return try await withThrowingTaskGroup(of: (Int, [UInt8])?.self) { group in
                group.addTask {
                    let response = try await Self.client.execute(request, deadline: .distantFuture)
                    let body = try await response.body.collect(upTo: Self.largestAnswer)
                    return (Int(response.status.code), Array(body.readableBytesView))
                }
                group.addTask {
                    // The client's own deadline ends with the head of the answer.
                    try await Task.sleep(for: limit)  // ok: the deadline itself
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let answer = first else {
                    throw ProviderLoginError.unreachable("no whole answer within \(limit.components.seconds) s")
                }
                return answer
            }
        } catch let error as ProviderLoginError {
            throw error
        } catch is NIOTooManyBytesError {
            throw .invalidAnswer("it is larger than \(Self.largestAnswer) bytes")
        } catch let error as HTTPClientError {
            throw .unreachable(error.shortDescription)
        } catch is HTTPParserError {
            throw .invalidAnswer("it is no HTTP")
        } catch let error as IOError {
            throw .unreachable(error.errnoCode == ECONNREFUSED ? "the connection is refused" : "the connection broke")
        } catch let error as NIOConnectionError {
            let isRefused = error.connectionErrors.contains { ($0.error as? IOError)?.errnoCode == ECONNREFUSED }
            throw .unreachable(isRefused ? "the connection is refused" : "no connection to \(error.host)")
        } catch is CancellationError {
            throw .unreachable("the request was cancelled")
        } catch {
            // TLS and name look-up: their texts name hosts and certificates, which help, and carry nothing of ours.
            throw .unreachable(String("\(error)".prefix(200)))
        }
    }
}
