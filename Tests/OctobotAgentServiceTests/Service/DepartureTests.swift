import JSONText
import NIOHTTP1
import OctobotTestSupport
import SandboxAgentAPI
import Testing
import UIMessageStream

@testable import OctobotAgentService

@Suite("Readers that leave", .serialized, .timeLimit(.minutes(2)))
struct DepartureTests {
    private func head(_ method: String, _ path: String, _ fields: [String] = []) -> String {
        let all = ["Host: agent", "Authorization: Bearer \(ServiceFixture.secret)"] + fields
        return "\(method) \(path) HTTP/1.1\r\n" + all.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    /// Starts a turn that says something and then waits for an answer.
    private func quietTurn(_ service: RunningService) async throws {
        try await service.prompt("t", "hello\n/ask")
        _ = try await service.chunks("t") { $0.type == "tool-approval-request" }
    }

    @Test("a quiet stream ends when its reader closes its side")
    func halfClosed() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                try await quietTurn(service)
                let socket = try LineSocket(path: fixture.socket)
                try socket.write(head("GET", "/chat?completionId=t&from=0"))
                var lines = socket.lines.makeAsyncIterator()
                while let line = await lines.next() {
                    if String(decoding: line, as: UTF8.self).contains("tool-approval-request") { break }
                }
                socket.finishWriting()
                // Nothing would come before the answer or the comment of a quiet stream, which keeps it open.
                let start = ContinuousClock.now
                while await lines.next() != nil {}
                #expect(ContinuousClock.now - start < .seconds(10))
                let status = try await service.send(.GET, "/chat/status").body
                #expect(status["isRunning"] == true, "the turn goes on without its reader")
                _ = try await service.send(.POST, "/chat/cancel")
            }
        }
    }

    @Test("a reader that has closed its side before its stream begins gets no quiet stream")
    func closedAtOnce() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                try await quietTurn(service)
                let socket = try LineSocket(path: fixture.socket)
                try socket.write(head("GET", "/chat?completionId=t&from=0"))
                socket.finishWriting()
                let start = ContinuousClock.now
                for await _ in socket.lines {}
                #expect(ContinuousClock.now - start < .seconds(10))
                _ = try await service.send(.POST, "/chat/cancel")
            }
        }
    }

    @Test("any other answer reaches a client that has closed its side")
    func answered() async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { _ in
                let socket = try LineSocket(path: fixture.socket)
                try socket.write(head("GET", "/health"))
                socket.finishWriting()
                let lines = await socket.lines.reduce(into: []) { $0.append(String(decoding: $1, as: UTF8.self)) }
                #expect(lines.first == "HTTP/1.1 200 OK\r")
                #expect(lines.last?.contains("connected") == true)
            }
        }
    }

    @Test("a connection that ends before its request is read ends nothing else", arguments: [true, false])
    func unfinishedRequests(waitsForHead: Bool) async throws {
        try await ServiceFixture.run { fixture in
            try await fixture.serving { service in
                try await quietTurn(service)
                let command = #"{"argv":["sleep","60"],"timeoutMs":60000,"outputLimit":1000}"#
                let requests = [
                    head("GET", "/chat?completionId=t&from=0", ["Content-Length: 10"]) + "abc",
                    head("GET", "/chat?completionId=t&from=0", ["Transfer-Encoding: chunked"]) + "5\r\nab",
                    head("GET", "/chat?completionId=t&from=0") + "GET /chat?comp",
                    head("POST", AgentPath.commands, ["Content-Length: \(command.utf8.count + 9)"]) + command,
                    head("POST", AgentPath.commands, ["Content-Length: \(command.utf8.count)"]) + command,
                ]
                for round in 0..<5 {
                    for (index, request) in requests.enumerated() {
                        let socket = try LineSocket(path: fixture.socket)
                        try socket.write(request)
                        if waitsForHead, index < 3 {
                            var lines = socket.lines.makeAsyncIterator()
                            _ = await lines.next()
                        }
                        if (round + index).isMultiple(of: 2) { socket.finishWriting() }
                        socket.disconnect()
                    }
                }
                #expect(try await service.send(.GET, "/health").status == 200)
                _ = try await service.send(.POST, "/chat/cancel")
                try await service.idle()
                let next = try await service.turn("t2", "still there?")
                #expect(next.text.contains("still there?"))
            }
        }
    }
}
