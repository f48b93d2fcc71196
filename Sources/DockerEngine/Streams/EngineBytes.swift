import AsyncHTTPClient
package import NIOCore

/// An answer's body as it comes, with backpressure; for one reader.
package struct EngineBytes: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer
    package typealias Failure = DockerError

    private let body: HTTPClientResponse.Body
    private let client: DockerClient

    init(_ body: HTTPClientResponse.Body, of client: DockerClient) {
        self.body = body
        self.client = client
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(base: body.makeAsyncIterator(), client: client)
    }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate var base: HTTPClientResponse.Body.AsyncIterator
        fileprivate let client: DockerClient

        /// - Throws: ``DockerError/engineUnreachable(_:)`` when the engine goes away before the end.
        package mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(DockerError) -> ByteBuffer? {
            do {
                return try await base.next(isolation: actor)
            } catch {
                throw client.noted(Task.isCancelled ? .cancelled : DockerError(error, socket: client.socket))
            }
        }
    }
}
