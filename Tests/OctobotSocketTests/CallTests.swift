import JSONText
import OctobotAPI
import OctobotSocket
import Testing

@Suite("calls", .timeLimit(.minutes(1)))
struct CallTests {
    @Test("a running call is cancelled and answered", arguments: ["rpc.cancel", "$/cancelRequest"])
    func cancelRunning(method: String) async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            let id = try conversation.request("thing.wait", ["title": "a"])
            try await socket.turnstile.arrival(of: "a")
            try conversation.notify(method, ["id": id])
            #expect(try await conversation.answer(to: id)["error"]?["code"] == -32800)
            #expect(socket.turnstile.state.value.cancelled == ["a"])
            #expect(conversation.violations == [])
        }
    }

    @Test("a call is cancelled before it starts, overtaking what it waits for")
    func cancelWaiting() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            let first = try conversation.request("thing.store", ["thingId": "t", "title": "first"])
            let second = try conversation.request("thing.store", ["thingId": "t", "title": "second"])
            let third = try conversation.request("thing.store", ["thingId": "t", "title": "third"])
            try await socket.turnstile.arrival(of: "first")
            #expect(try await conversation.call("rpc.cancel", ["id": second])["result"] == [:])
            #expect(try await conversation.answer(to: second)["error"]?["code"] == -32800)
            socket.turnstile.open("first", "second", "third")
            #expect(try await conversation.answer(to: first)["result"] != nil)
            #expect(try await conversation.answer(to: third)["result"] != nil)
            #expect(socket.turnstile.state.value.arrived == ["first", "third"])
            #expect(conversation.violations == [])
        }
    }

    @Test("cancelling what is not there is no mistake")
    func cancelNothing() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            #expect(try await conversation.call("rpc.cancel", ["id": "nobody"])["result"] == [:])
            #expect(conversation.violations == [])
        }
    }

    @Test("calls of one key run in the order of arrival, others beside them")
    func serialOrder() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            let names = (1...20).map { "t\($0)" }
            for name in names { try conversation.request("thing.store", ["thingId": "t", "title": .string(name)]) }
            let other = try conversation.request("thing.store", ["thingId": "u", "title": "other"])
            socket.turnstile.open("other")
            #expect(try await conversation.answer(to: other)["result"] != nil)
            #expect(socket.turnstile.state.value.passed == ["other"])
            for name in names {
                try await socket.turnstile.arrival(of: name)
                socket.turnstile.open(name)
            }
            for id in 1...20 { #expect(try await conversation.answer(to: .integer(Int64(id)))["result"] != nil) }
            #expect(socket.turnstile.state.value.passed == ["other"] + names)
            #expect(conversation.violations == [])
        }
    }

    @Test("two spellings of one key are one key")
    func serialSpelling() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            let first = try conversation.request("thing.store", ["thingId": "t", "title": "first"])
            try await socket.turnstile.arrival(of: "first")
            let request =
                #"{"jsonrpc":"2.0","id":"x","method":"thing.store","params":{"title":"second","thingId":"\u0074"}}"#
            try conversation.send(raw: request)
            #expect(try await conversation.call("thing.get")["result"] != nil)
            #expect(socket.turnstile.state.value.arrived == ["first"])
            socket.turnstile.open("first", "second")
            #expect(try await conversation.answer(to: first)["result"] != nil)
            #expect(try await conversation.answer(to: "x")["result"] != nil)
        }
    }

    @Test("the end of a connection cancels its calls, but not those that are durable")
    func disconnect() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            try conversation.request("thing.wait", ["title": "ordinary"])
            try conversation.request("thing.create", ["title": "durable"])
            try await socket.turnstile.arrival(of: "ordinary")
            try await socket.turnstile.arrival(of: "durable")
            conversation.disconnect()
            try await socket.turnstile.state.wait { $0.cancelled == ["ordinary"] }
            socket.turnstile.open("durable")
            try await socket.turnstile.state.wait { $0.passed == ["durable"] }
            #expect(socket.turnstile.state.value.cancelled == ["ordinary"])
        }
    }

    @Test("more calls than may be open are refused, and can be cancelled all the same")
    func overloaded() async throws {
        try await TestSocket.run {
            $0.limits.runningCalls = 2
            $0.limits.pendingCalls = 4
        } _: { socket in
            let conversation = try socket.connect()
            let ids = try (1...5).map { try conversation.request("thing.wait", ["title": .string("w\($0)")]) }
            let refused = try await conversation.answer(to: ids[4])["error"]
            #expect(refused?["code"] == 1201)
            #expect(refused?["data"]?["retryable"] == true)
            try await socket.turnstile.state.wait { $0.arrived.count == 2 }
            // The last first, so that none of them gets a place that another leaves.
            for id in ids.dropLast().reversed() {
                try conversation.notify("rpc.cancel", ["id": id])
                #expect(try await conversation.answer(to: id)["error"]?["code"] == -32800)
            }
            #expect(Set(socket.turnstile.state.value.arrived) == ["w1", "w2"])
            #expect(conversation.violations == [])
        }
    }

    @Test("a call has its deadline")
    func deadline() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            let error = try await conversation.call("thing.wait", ["title": "a", "_meta": ["timeoutMs": 5]])["error"]
            #expect(error?["code"] == 1203)
            #expect(error?["data"]?["details"]?["mayTakeEffect"] == false)
            #expect(conversation.violations == [])
        }
    }
}
