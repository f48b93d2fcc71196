import AsyncHTTPClient
import NIOCore
import SandboxAgentAPI

/// Reads an output stream of the agent API.
final class AgentRecordReader: OutputRecordReader {
    private let connection: AgentConnection
    private let request: AgentConnection.Request
    private var body: HTTPClientResponse.Body.AsyncIterator?
    private var parser = OutputRecordParser()

    init(_ connection: AgentConnection, _ request: AgentConnection.Request) {
        self.connection = connection
        self.request = request
    }

    func read(isolation actor: isolated (any Actor)?) async throws -> [OutputRecord] {
        if body == nil { body = try await open() }
        let buffer: ByteBuffer?
        do {
            buffer = try await body?.next(isolation: actor)
        } catch {
            try Task.checkCancellation()
            throw SandboxAgentError.unreachable("the stream broke off: \(error)")
        }
        try Task.checkCancellation()
        guard let buffer else { throw SandboxAgentError.unreachable("the stream ended before its last record") }
        do {
            return try parser.consume(buffer.readableBytesView)
        } catch {
            throw SandboxAgentError.invalidAnswer("no record")
        }
    }

    private func open() async throws -> HTTPClientResponse.Body.AsyncIterator {
        do {
            guard let body = try await connection.open(request) else { throw SandboxAgentError.notFound }
            return body.makeAsyncIterator()
        } catch {
            try Task.checkCancellation()
            throw error
        }
    }
}
