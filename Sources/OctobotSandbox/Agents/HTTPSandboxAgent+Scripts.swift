import AsyncHTTPClient
import NIOCore
import NIOHTTP1
package import SandboxAgentAPI

extension HTTPSandboxAgent {
    package func services() async throws(SandboxAgentError) -> [SandboxService] {
        let answer = try await connection.send(AgentConnection.Request(.GET, AgentPath.services))
        return try AgentAnswer.decode(ServiceList.self, from: answer).services
    }

    package func startService(_ id: String) async throws(SandboxAgentError) -> ServiceChange {
        let request = AgentConnection.Request(.POST, Self.service(id) + "/start")
        return try AgentAnswer.decode(ServiceChange.self, from: try await connection.send(request))
    }

    package func stopService(_ id: String) async throws(SandboxAgentError) -> ServiceChange {
        let request = AgentConnection.Request(.POST, Self.service(id) + "/stop")
        return try AgentAnswer.decode(ServiceChange.self, from: try await connection.send(request))
    }

    package func serviceOutput(_ id: String) -> AsyncThrowingStream<ServiceEvent, any Error> {
        var request = AgentConnection.Request(.GET, Self.service(id) + "/output")
        request.headers = [("Accept", "text/event-stream")]
        let reader = ServiceEventReader(connection, request)
        return AsyncThrowingStream(unfolding: { try await reader.next() })
    }

    package func hooks() async throws(SandboxAgentError) -> HooksStatus {
        let answer = try await connection.send(AgentConnection.Request(.GET, AgentPath.hooksStatus))
        return try AgentAnswer.decode(HooksStatus.self, from: answer)
    }

    package func hookOutput(_ id: String) async throws(SandboxAgentError) -> String {
        var request = AgentConnection.Request(.GET, Self.hook(id) + "/output")
        // JSON writes a byte of the log with six at most.
        request.maximum = 8 << 20
        return try AgentAnswer.decode(HookOutput.self, from: try await connection.send(request)).output
    }

    package func rerunHook(_ id: String) async throws(SandboxAgentError) -> HookRerun {
        var request = AgentConnection.Request(.POST, Self.hook(id) + "/rerun")
        // A hook may take 15 minutes, and another may be running before it.
        request.limit = .seconds(31 * 60)
        return try AgentAnswer.decode(HookRerun.self, from: try await connection.send(request))
    }

    private static func service(_ id: String) -> String { AgentPath.service(AgentEndpoint.encode(id)) }
    private static func hook(_ id: String) -> String { AgentPath.hook(AgentEndpoint.encode(id)) }
}

/// Reads the events of a service's output; an actor because its pulls may come from different tasks.
private actor ServiceEventReader {
    private let connection: AgentConnection
    private let request: AgentConnection.Request
    private var body: HTTPClientResponse.Body.AsyncIterator?
    private var parser = ServerSentEventParser()
    private var ready: ArraySlice<ServiceEvent> = []
    private var isOver = false

    init(_ connection: AgentConnection, _ request: AgentConnection.Request) {
        self.connection = connection
        self.request = request
    }

    /// - Throws: ``SandboxAgentError``, `CancellationError`.
    func next() async throws -> ServiceEvent? {
        while true {
            if let event = ready.popFirst() { return event }
            if isOver { return nil }
            try await read()
        }
    }

    private func read() async throws {
        if body == nil {
            guard let opened = try await connection.open(request) else { throw SandboxAgentError.notFound }
            body = opened.makeAsyncIterator()
        }
        let buffer: ByteBuffer?
        var iterator = body
        do {
            buffer = try await iterator?.next(isolation: self)
        } catch {
            try Task.checkCancellation()
            throw SandboxAgentError.unreachable("the stream broke off: \(error)")
        }
        body = iterator
        try Task.checkCancellation()
        guard let buffer else { throw SandboxAgentError.unreachable("the stream ended before its end was told") }
        let events: [ServerSentEventParser.Event]
        do {
            events = try parser.consume(buffer.readableBytesView)
        } catch {
            throw SandboxAgentError.invalidAnswer("an event has more than \(AgentLimit.event) bytes")
        }
        for event in events {
            if event.isDone {
                isOver = true
                return
            }
            ready.append(try AgentAnswer.decode(ServiceEvent.self, from: ByteBuffer(bytes: event.data)))
        }
    }
}
