import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OctobotModel
import SandboxAgentAPI

/// Reads a turn's event stream; what arrives together is given together, no chunk's JSON is looked into.
final class AgentEventReader: AgentChunkReader {
    private let connection: AgentConnection
    private let turn: TurnID
    private var last: Int
    private var body: HTTPClientResponse.Body.AsyncIterator?
    private var parser = ServerSentEventParser()
    private var isDone = false

    init(_ connection: AgentConnection, turn: TurnID, from: Int) {
        self.connection = connection
        self.turn = turn
        last = from
    }

    func read(isolation actor: isolated (any Actor)?) async throws -> [AgentChunk]? {
        if isDone { return nil }
        if body == nil { body = try await open() }
        let buffer: ByteBuffer?
        do {
            buffer = try await body?.next(isolation: actor)
        } catch {
            try Task.checkCancellation()
            throw SandboxAgentError.unreachable("the stream broke off: \(error)")
        }
        try Task.checkCancellation()
        guard let buffer else { throw SandboxAgentError.unreachable("the stream ended before its turn") }
        return try chunks(in: buffer)
    }

    private func open() async throws -> HTTPClientResponse.Body.AsyncIterator {
        var request = AgentConnection.Request(.GET, AgentPath.chat)
        request.query = [("completionId", turn.rawValue), ("from", String(last))]
        request.headers = [("Accept", "text/event-stream")]
        do {
            guard let body = try await connection.open(request) else { throw SandboxAgentError.notFound }
            return body.makeAsyncIterator()
        } catch {
            try Task.checkCancellation()
            throw error
        }
    }

    private func chunks(in buffer: ByteBuffer) throws -> [AgentChunk] {
        let events: [ServerSentEventParser.Event]
        do {
            events = try parser.consume(buffer.readableBytesView)
        } catch {
            throw SandboxAgentError.invalidAnswer("an event has more than \(AgentLimit.event) bytes")
        }
        var chunks: [AgentChunk] = []
        chunks.reserveCapacity(events.count)
        for event in events {
            if event.isDone {
                isDone = true
                break
            }
            guard let n = event.id.flatMap({ Int($0) }), n == last + 1 else {
                throw SandboxAgentError.invalidAnswer("chunk \(event.id ?? "without number") follows chunk \(last)")
            }
            last = n
            chunks.append(AgentChunk(n: n, bytes: event.data))
        }
        return chunks
    }
}
