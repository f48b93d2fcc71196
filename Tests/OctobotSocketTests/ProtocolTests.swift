import JSONText
import OctobotAPI
import OctobotSocket
import Testing

@Suite("the protocol's own calls", .timeLimit(.minutes(1)))
struct ProtocolTests {
    @Test("hello says what the daemon is and what a connection may do")
    func hello() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            let result = try await conversation.call("rpc.hello", ["client": ["name": "test"]])["result"]
            #expect(result?["protocol"] == 1)
            #expect(result?["version"] == "1.2.3")
            #expect(result?["instance"] == "instance-1")
            #expect(result?["gateway"] == "http://127.0.0.1:3001")
            #expect(result?["principal"]?["name"] == "Anonymous User")
            #expect(result?["limits"]?["batch"] == 100)
            #expect(result?["limits"]?["subscriptions"] == 256)
            #expect(conversation.violations == [])
        }
    }

    @Test("a client that speaks only later protocols is told which one there is")
    func unsupportedProtocol() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            let error = try await conversation.call("rpc.hello", ["protocol": ["minimum": 2, "maximum": 3]])["error"]
            #expect(error?["code"] == 1501)
            #expect(error?["data"]?["details"]?["maximum"] == 1)
            #expect(
                try await conversation.call("rpc.hello", ["protocol": ["minimum": 1, "maximum": 3]])["error"] == nil
            )
            #expect(conversation.violations == [])
        }
    }

    @Test("ping answers with the instance, whatever form its params have")
    func ping() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            for request in [
                #"{"jsonrpc":"2.0","id":"a","method":"rpc.ping"}"#,
                #"{"jsonrpc":"2.0","id":"a","method":"rpc.ping","params":{}}"#,
                #"{"method":"rpc.ping","params": { } ,"id":"a","jsonrpc":"2.0"}"#,
                #"{"jsonrpc":"2.0","id":"a","method":"rpc.ping","params":{"_meta":{"traceparent":"x"}}}"#,
            ] {
                try conversation.send(raw: request)
                #expect(try await conversation.answer(to: "a")["result"] == ["instance": "instance-1"], "\(request)")
            }
            let error = try await conversation.call("rpc.ping", ["loud": true])["error"]
            #expect(error?["code"] == -32602)
            #expect(conversation.violations == [])
        }
    }

    @Test("ping is answered while every call the connection may run is running")
    func pingOvertakes() async throws {
        try await TestSocket.run {
            $0.limits.runningCalls = 2
        } _: { socket in
            let conversation = try socket.connect()
            for name in ["a", "b", "c"] { try conversation.request("thing.wait", ["title": .string(name)]) }
            #expect(try await conversation.call("rpc.ping")["result"] != nil)
            socket.turnstile.open("a", "b", "c")
            #expect(conversation.violations == [])
        }
    }

    @Test("discover gives the document of the operations served")
    func discover() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            let document = try await conversation.call("rpc.discover")["result"]
            #expect(document == OpenRPC.document(version: "1.2.3", operations: toyOperations).value)
            let again = try await conversation.call("rpc.discover")["result"]
            #expect(again == document)
            #expect(conversation.violations == [])
        }
    }

    @Test("unknown methods and members are named, with what was probably meant")
    func unknownNames() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            let method = try await conversation.call("thing.gte")["error"]
            #expect(method?["code"] == -32601)
            #expect(method?["data"]?["details"]?["suggestions"]?[0] == "thing.get")
            let member = try await conversation.call("thing.get", ["tilte": "x"])["error"]
            #expect(member?["code"] == -32602)
            #expect(member?["message"]?.stringValue?.contains("tilte") == true, "\(member ?? .null)")
            #expect("\(member ?? .null)".contains("title"))
            let meta = try await conversation.call("thing.get", ["_meta": ["nonsense": 1]])["error"]
            #expect(meta?["code"] == -32602)
            #expect(conversation.violations == [])
        }
    }

    @Test("faults of operations arrive with symbol, hint and request id")
    func faults() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            let missing = try await conversation.call("thing.get", ["thingId": "missing"])["error"]
            #expect(missing?["code"] == 1101)
            #expect(missing?["data"]?["type"] == "NotFound")
            #expect(missing?["data"]?["details"]?["id"] == "missing")
            #expect(missing?["data"]?["requestId"]?.stringValue?.count == 16)
            let foreign = try await conversation.call("thing.get", ["projectId": "foreign"])["error"]
            #expect(foreign?["code"] == 1002)
            #expect(conversation.violations == [])
        }
    }

    @Test("a notification is no way to make a call, and says so")
    func notifications() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            try conversation.notify("thing.create", ["title": "a"])
            #expect(try await conversation.notification("rpc.error")["code"] == -32600)
            try conversation.notify("thing.nothing", [:])
            #expect(try await conversation.notification("rpc.error")["code"] == -32601)
            #expect(socket.turnstile.state.value.arrived == [])
            #expect(conversation.violations == [])
        }
    }

    @Test("a batch is answered in its order and refuses what it cannot hold")
    func batches() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            try conversation.send([
                ["jsonrpc": "2.0", "id": 1, "method": "thing.wait", "params": ["title": "slow"]],
                ["jsonrpc": "2.0", "id": 2, "method": "event.subscribe", "params": [:]],
                ["jsonrpc": "2.0", "id": 3, "method": "thing.get", "params": ["title": "fast"]],
                ["jsonrpc": "2.0", "id": 4, "method": "rpc.ping"],
            ])
            try await socket.turnstile.arrival(of: "slow")
            socket.turnstile.open("slow")
            let answers = try await conversation.next().arrayValue ?? []
            #expect(answers.map { $0["id"] } == [1, 2, 3, 4])
            #expect(answers.map { $0["result"] != nil } == [true, false, true, true])
            try #require(answers.count == 4)
            #expect(answers[1]["error"]?["code"] == -32600)
            socket.log.appendEvents(1...1)
            #expect(try await conversation.call("rpc.ping")["result"] != nil)
            #expect(socket.log.state.value.pulls == 0)
            #expect(conversation.violations == [])
        }
    }

    @Test("a batch of more than a hundred is refused whole")
    func largeBatch() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            let call: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": "rpc.ping"]
            try conversation.send(.array(Array(repeating: call, count: 101)))
            #expect(try await conversation.next()["error"]?["code"] == -32600)
            #expect(try await conversation.call("rpc.ping")["result"] != nil)
        }
    }
}
