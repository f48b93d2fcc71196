import JSONText
import Logging
import NIOCore
import OctobotAPI
import OctobotGateway
import OctobotModel
import OctobotServer
import OctobotServices
import ServiceLifecycle
import Testing

@Suite("Event streams", .timeLimit(.minutes(2)))
struct StreamTests {
    private static let prompt =
        #"{"id":"s1","messages":[{"id":"m1","role":"user","parts":[{"type":"text","text":"hi"}]}]}"#

    @Test("events: connected with a cursor, then what happens, each with its cursor")
    func events() async throws {
        try await TestGateway.run { gateway in
            gateway.streams.events.append(data: #"{"seq":1}"#)
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("GET", "/api/projects/local/events"))
                let head = try await connection.head()
                #expect(head.status == 200)
                #expect(head["content-type"] == "text/event-stream")
                #expect(head["cache-control"] == "no-cache")
                #expect(head["x-accel-buffering"] == "no")
                #expect(head["x-vercel-ai-ui-message-stream"] == nil)
                let connected = "id: event.local:1\nevent: connected\ndata: {\"projectId\":\"local\"}\n\n"
                let first = try await connection.chunk()
                #expect(first == connected)
                gateway.streams.events.append("session_updated", data: #"{"seq":2}"#)
                let event = "id: event.local:2\nevent: session_updated\ndata: {\"seq\":2}\n\n"
                #expect(try await connection.chunk() == event)
            }
        }
    }

    @Test(
        "where reading starts",
        arguments: [
            ("", [:], EventStart.live),
            ("?after=event.local%3A1", [:], .after("event.local:1")),
            ("?after=event.local%3A1&since=5", ["Last-Event-ID": "event.local:2"], .after("event.local:2")),
            ("?since=2026-01-02T03:04:05Z", [:], .since(Timestamp(milliseconds: 1_767_323_045_000))),
            ("?since=2026-01-02T04:04:05.5+01:00", [:], .since(Timestamp(milliseconds: 1_767_323_045_500))),
            ("?since=1767323045", [:], .since(Timestamp(milliseconds: 1_767_323_045_000))),
        ] as [(String, [String: String], EventStart)]
    )
    func starts(query: String, fields: [String: String], start: EventStart) async throws {
        try await TestGateway.run { gateway in
            gateway.streams.events.append(data: "{}")
            gateway.streams.events.append(data: "{}")
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("GET", "/api/projects/local/events\(query)", fields: fields))
                #expect(try await connection.head().status == 200)
                #expect(try await connection.chunk()?.contains("connected") == true)
            }
            #expect(gateway.streams.starts == [start])
        }
    }

    @Test(
        "an unusable start is told in an error frame, and live events follow",
        arguments: ["?since=2024-01-15", "?since=yesterday", "?after=nobody", "?after=chat.s1%3A1"]
    )
    func badStarts(query: String) async throws {
        try await TestGateway.run { gateway in
            gateway.streams.events.append(data: "{}")
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("GET", "/api/projects/local/events\(query)"))
                #expect(try await connection.head().status == 200)
                #expect(try await connection.chunk()?.contains("event: connected") == true)
                let error = try #require(try await connection.chunk())
                #expect(error.hasPrefix("event: error\ndata: {"))
                gateway.streams.events.append(data: #"{"seq":2}"#)
                #expect(try await connection.chunk()?.hasPrefix("id: event.local:2\n") == true)
            }
        }
    }

    @Test("events that are gone when the client comes to them are told in an error frame whose id goes on behind them")
    func gap() async throws {
        try await TestGateway.run { gateway in
            let events = gateway.streams.events
            for _ in 1...4 { events.append(data: "{}") }
            events.prune(after: 1, upTo: 3)
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("GET", "/api/projects/local/events?after=event.local%3A1"))
                #expect(try await connection.head().status == 200)
                #expect(try await connection.chunk()?.contains("event: connected") == true)
                let error = try #require(try await connection.chunk())
                #expect(error.hasPrefix("id: event.local:3\nevent: error\ndata: {"))
                #expect(error.contains(#""code":"CursorExpired""#))
                #expect(try await connection.chunk()?.hasPrefix("id: event.local:4\n") == true)
            }
        }
    }

    @Test("a turn with a gap breaks off without [DONE]")
    func chatGap() async throws {
        try await TestGateway.run { gateway in
            let chat = gateway.streams.chat
            chat.append("chunk", data: #"{"type":"start"}"#)
            chat.append("chunk", data: #"{"type":"finish"}"#)
            chat.prune(after: 1, upTo: 2)
            chat.end()
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("POST", "/api/projects/local/chat", body: Self.prompt))
                #expect(try await connection.head().status == 200)
                #expect(try await connection.chunk()?.contains("start") == true)
                #expect(try await connection.chunk() == nil)
            }
        }
    }

    @Test("events of a project one is no member of are 403 before any stream")
    func foreignEvents() async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.request("GET", "/api/projects/foreign/events")
            #expect(answer.status == 403)
            #expect(gateway.streams.starts.isEmpty)
        }
    }

    @Test("a prompt is sent, then its turn is streamed to [DONE]")
    func chat() async throws {
        try await TestGateway.run { gateway in
            let chat = gateway.streams.chat
            chat.append("chunk", data: #"{"type":"start"}"#)
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("POST", "/api/projects/local/chat", body: Self.prompt))
                let head = try await connection.head()
                #expect(head["x-vercel-ai-ui-message-stream"] == "v1")
                #expect(try await connection.chunk() == "id: chat.s1:1\ndata: {\"type\":\"start\"}\n\n")
                chat.append("chunk", data: #"{"type":"finish"}"#)
                #expect(try await connection.chunk() == "id: chat.s1:2\ndata: {\"type\":\"finish\"}\n\n")
                chat.end()
                #expect(try await connection.chunk() == "data: [DONE]\n\n")
                #expect(try await connection.chunk() == nil)
            }
            #expect(gateway.calls.all == ["chat.send"])
        }
    }

    @Test(
        "prompts that cannot be are refused before the stream",
        arguments: [
            ("{", 400), ("{}", 400), (#"{"id":"s1"}"#, 400), (#"{"id":"s1","messages":null}"#, 400),
            (#"{"id":"s1","messages":{}}"#, 400), (#"{"id":"s1","messages":[]}"#, 400),
            (#"{"id":"s1","messages":[{"role":"assistant","parts":[]}]}"#, 400),
            (#"{"id":"s1","messages":[{"role":"user"}]}"#, 400),
            (#"{"id":7,"messages":[{"role":"user","parts":[]}]}"#, 400),
            (#"{"id":"s1","trigger":"regenerate-message","messages":[{"role":"user","parts":[]}]}"#, 400),
            (#"{"id":"new","messages":[{"role":"user","parts":[{"type":"text","text":"x"}]}]}"#, 400),
            (#"{"id":"busy","messages":[{"role":"user","parts":[{"type":"text","text":"x"}]}]}"#, 409),
        ]
    )
    func badPrompts(body: String, status: Int) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.request("POST", "/api/projects/local/chat", body: body)
            #expect(answer.status == status)
            #expect(answer["content-type"] == "application/json")
            #expect(try JSONValue(parsing: Array(answer.body.utf8))["error"]?.stringValue != nil)
        }
    }

    @Test("resuming: the running turn from its start, the rest of a cursor's turn, or nothing")
    func resume() async throws {
        try await TestGateway.run { gateway in
            let streams = gateway.streams
            let path = "/api/projects/local/chat/s1/stream"
            for number in 1...3 { streams.chat.append("chunk", data: "{\"n\":\(number)}") }
            #expect(try await gateway.request("GET", path).status == 204)
            #expect(try await gateway.request("GET", "/api/projects/local/chat/unknown/stream").status == 204)
            #expect(try await gateway.request("GET", "/api/projects/local/chat//stream").status == 400)
            streams.chat.end()
            let rest = try await gateway.request("GET", path, fields: ["Last-Event-ID": "chat.s1:2"])
            #expect(rest.body == "id: chat.s1:3\ndata: {\"n\":3}\n\ndata: [DONE]\n\n")
            streams.activate("t1")
            let all = try await gateway.request("GET", path)
            #expect(all.body.hasPrefix("id: chat.s1:1\n"))
            #expect(all.body.hasSuffix("data: [DONE]\n\n"))
            #expect(try await gateway.request("GET", path, fields: ["Last-Event-ID": "event.local:2"]).status == 400)
        }
    }

    @Test("cancel, question and answer have the shapes of the contract")
    func questions() async throws {
        try await TestGateway.run { gateway in
            let base = "/api/projects/local/chat/s1"
            let cancelled = try await gateway.request("POST", "\(base)/cancel")
            #expect(cancelled.body == #"{"completionId":"t1","status":"cancelled","success":true}"# + "\n")
            #expect(try await gateway.request("GET", "\(base)/question").body == #"{"question":null}"# + "\n")
            let unknown = try await gateway.request("GET", "\(base)/question?toolUseID=p9")
            #expect(unknown.body == #"{"question":null,"status":"expired"}"# + "\n")
            let question = Question(
                question: "Which?",
                header: "Pick",
                options: [.init(label: "A", description: "first")],
                multiSelect: false
            )
            gateway.streams.ask(
                Approval(
                    id: "p1",
                    sessionID: "s1",
                    turnID: "t1",
                    toolCallID: "c1",
                    kind: .question,
                    state: .pending,
                    questions: [question],
                    createdAt: Timestamp(milliseconds: 0)
                )
            )
            let wire =
                #"{"questions":[{"header":"Pick","multiSelect":false,"options":[{"description":"first","label":"A"}],"#
                + #""question":"Which?"}],"toolUseID":"p1"}"#
            let pending = try await gateway.request("GET", "\(base)/question?toolUseID=p1")
            #expect(pending.body == #"{"question":\#(wire),"status":"pending"}"# + "\n")
            let oldest = try await gateway.request("GET", "\(base)/question")
            #expect(oldest.body == #"{"question":\#(wire)}"# + "\n")
            for (body, status) in [
                (#"{"toolUseID":"p1"}"#, 400), (#"{"answers":{}}"#, 400),
                (#"{"toolUseID":"p2","answers":{"a":"b"}}"#, 404),
                (#"{"toolUseID":"p1","answers":{"Which?":"A"}}"#, 200),
            ] {
                #expect(try await gateway.request("POST", "\(base)/answer", body: body).status == status)
            }
            #expect(gateway.calls.all == ["chat.cancel", "approval.answer"])
            #expect(try await gateway.request("GET", "/api/projects/local/chat/s2/question").status == 404)
        }
    }

    @Test("a quiet stream is kept alive by comments")
    func keepAlive() async throws {
        try await TestGateway.run {
            $0.timeouts.keepAlive = .milliseconds(50)
        } _: { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("GET", "/api/projects/local/events"))
                _ = try await connection.head()
                #expect(try await connection.chunk()?.contains("connected") == true)
                for _ in 1...3 { #expect(try await connection.chunk() == ":\n\n") }
            }
        }
    }

    @Test("a client that goes ends its reader, also while nothing happens")
    func gone() async throws {
        try await TestGateway.run { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("GET", "/api/projects/local/events"))
                _ = try await connection.head()
                _ = try await connection.chunk()
            }
            while gateway.streams.events.cancelledReaders == 0 { await Task.yield() }
        }
    }

    @Test("a client that stops reading costs a bounded part of the log, and others go on")
    func slowReader() async throws {
        try await TestGateway.run { gateway in
            let log = gateway.streams.events
            let text = String(repeating: "x", count: 32 << 10)
            for _ in 1...1000 { log.append(data: "\"\(text)\"") }
            try await RawConnection.with(port: gateway.port, receiveBuffer: 4096) { slow in
                try await slow.send(gateway.text("GET", "/api/projects/local/events?since=0"))
                _ = try await slow.head()
                _ = try await slow.chunk()
                try await RawConnection.with(port: gateway.port) { fast in
                    try await fast.send(gateway.text("GET", "/api/projects/local/events?since=0"))
                    _ = try await fast.head()
                    _ = try await fast.chunk()
                    for _ in 1...1000 { #expect(try await fast.chunk()?.isEmpty == false) }
                }
                #expect(log.pulls < 1500)
            }
        }
    }

    @Test("a request behind a stream ends the connection instead of waiting for ever")
    func pipelinedStream() async throws {
        try await TestGateway.run { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("GET", "/api/projects/local/events"))
                _ = try await connection.head()
                _ = try await connection.chunk()
                try await connection.send(gateway.text("GET", "/"))
                #expect(try await connection.rest().isEmpty)
            }
        }
    }

    @Test("the graceful end ends streams and lets requests finish")
    func gracefulEnd() async throws {
        let table = OperationTable(logger: .init(label: "test")) { _, _, _ in }
        let streams = ToyStreams()
        let service = try await GatewayService.bind(
            GatewayConfiguration(endpoint: .bind(host: "127.0.0.1", port: 0)),
            table: table,
            streams: streams,
            peers: TestGateway.Everyone(),
            operations: toyOperations,
            logger: .init(label: "test")
        )
        let group = ServiceGroup(services: [service], logger: .init(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(service.address.port)
            try await RawConnection.with(port: port) { connection in
                try await connection.send(
                    "GET /api/projects/local/events HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n"
                )
                _ = try await connection.head()
                _ = try await connection.chunk()
                await group.triggerGracefulShutdown()
                #expect(try await connection.chunk() == nil)
                #expect(try await connection.rest().isEmpty)
            }
            try await tasks.waitForAll()
        }
    }
}
