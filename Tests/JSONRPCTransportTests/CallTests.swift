import JSONRPC
import JSONRPCTransport
import JSONText
import OctobotTestSupport
import Testing

@Suite("calls", .timeLimit(.minutes(1)))
struct CallTests {
    @Test(
        "a cancelled call is answered, whether it runs, waits, or has committed",
        arguments: ["rpc.cancel", "$/cancelRequest"]
    )
    func cancelling(method: String) async throws {
        var limits = RPCLimits()
        limits.runningCalls = 2
        try await withListener(limits: limits) { listener in
            let client = try listener.connect()
            try client.send(#"{"jsonrpc":"2.0","id":1,"method":"block"}"#)
            try client.send(#"{"jsonrpc":"2.0","id":"two","method":"stubborn"}"#)
            try client.send(#"{"jsonrpc":"2.0","id":3,"method":"echo"}"#)
            await listener.service.noted("block started")
            await listener.service.noted("stubborn started")
            // Waiting: answered at once. Running: its task is cancelled. Committed: its result counts.
            try client.send(#"{"jsonrpc":"2.0","method":"\#(method)","params":{"id":3}}"#)
            #expect(try await client.next()?["error"]?["code"] == -32800)
            #expect(
                try await client.ask(#"{"jsonrpc":"2.0","id":9,"method":"\#(method)","params":{"id":"t\u0077o"}}"#)?[
                    "id"
                ] == 9
            )
            await listener.service.noted("stubborn cancelled")
            try client.send(#"{"jsonrpc":"2.0","method":"\#(method)","params":{"id":1}}"#)
            let cancelled = try await client.next()
            #expect(cancelled?["id"] == 1)
            #expect(cancelled?["error"]?["code"] == -32800)
            listener.service.gate.ring()
            let committed = try await client.next()
            #expect(committed?["id"] == "two")
            #expect(committed?["result"] == "committed")
        }
    }

    @Test("a cancel in the same read as its call is in time")
    func racing() async throws {
        try await withListener { listener in
            let client = try listener.connect()
            for id in 1...200 {
                try client.send(
                    #"{"jsonrpc":"2.0","id":\#(id),"method":"block"}"# + "\n"
                        + #"{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":\#(id)}}"#
                )
                let answer = try await client.next()
                #expect(answer?["id"]?.integerValue == Int64(id))
                #expect(answer?["error"]?["code"] == -32800)
            }
        }
    }

    @Test("calls beyond the limits are refused while the socket is still read")
    func limits() async throws {
        var limits = RPCLimits()
        limits.pendingCalls = 3
        limits.runningCalls = 2
        try await withListener(limits: limits) { listener in
            let client = try listener.connect()
            for id in 1...3 { try client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"block"}"#) }
            let refused = try await client.ask(#"{"jsonrpc":"2.0","id":4,"method":"echo"}"#)
            #expect(refused?["error"]?["code"] == 1201)
            #expect(refused?["error"]?["data"]?["retryable"] == true)
            #expect(try await client.ask(#"{"jsonrpc":"2.0","id":5,"method":"rpc.ping"}"#)?["result"] != nil)
            #expect(try await client.ask(#"{"jsonrpc":"2.0","id":1,"method":"rpc.ping"}"#)?["error"] != nil)
            #expect(try await client.ask(#"{"jsonrpc":"2.0","id":1,"method":"echo"}"#)?["error"]?["code"] == -32600)
            listener.service.gate.ring()
            for _ in 1...3 { #expect(try await client.next()?["result"] == "done") }
            #expect(try await client.ask(#"{"jsonrpc":"2.0","id":4,"method":"echo"}"#)?["result"] == [:])
        }
    }

    @Test("calls with one key run in the order they came")
    func order() async throws {
        try await withListener { listener in
            let client = try listener.connect()
            for id in 0..<50 {
                let params = #"{"key":"k\#(id % 2)","name":"\#(id)"}"#
                try client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"ordered","params":\#(params)}"#)
            }
            for _ in 0..<50 { #expect(try await client.next()?["error"] == nil) }
            for parity in 0..<2 {
                let steps = listener.service.log.filter { (Int($0.dropFirst()) ?? -1) % 2 == parity }
                #expect(steps == (0..<50).filter { $0 % 2 == parity }.flatMap { ["+\($0)", "-\($0)"] })
            }
        }
    }

    @Test("the end of a connection cancels its calls but those that outlive it")
    func disconnecting() async throws {
        try await withListener { listener in
            let client = try listener.connect()
            try client.send(#"{"jsonrpc":"2.0","id":1,"method":"stubborn"}"#)
            try client.send(#"{"jsonrpc":"2.0","id":2,"method":"durable"}"#)
            await listener.service.noted("stubborn started")
            await listener.service.noted("durable started")
            client.socket.disconnect()
            await listener.service.noted("stubborn cancelled")
            await listener.service.noted("closed")
            #expect(listener.service.log.contains("durable cancelled") == false)
            listener.service.gate.ring()
            await listener.service.noted("durable ended")
        }
    }

    @Test("a client that has said all it will still gets its answers")
    func halfClosed() async throws {
        try await withListener { listener in
            let client = try listener.connect()
            // No line feed at the end: printf … | nc -U
            try client.socket.write(#"{"jsonrpc":"2.0","id":1,"method":"block"}"#)
            client.socket.finishWriting()
            await listener.service.noted("block started")
            listener.service.gate.ring()
            #expect(try await client.next()?["result"] == "done")
            #expect(await client.line() == nil)
            await listener.service.noted("closed")
        }
    }

    @Test("a message is read when the notification before it has been taken in")
    func waiting() async throws {
        try await withListener { listener in
            let client = try listener.connect()
            try client.send(
                #"{"jsonrpc":"2.0","method":"slowly"}"# + "\n" + #"{"jsonrpc":"2.0","method":"slowly"}"# + "\n"
                    + #"{"jsonrpc":"2.0","method":"update"}"#
            )
            await listener.service.noted("update {}")
            #expect(
                listener.service.log == ["slowly begins", "slowly ends", "slowly begins", "slowly ends", "update {}"]
            )
        }
    }

    @Test("a notification can be served like a call: in order with those of its key, told only when it fails")
    func served() async throws {
        try await withListener { listener in
            let client = try listener.connect()
            func ordered(_ name: String, _ id: String = "") -> String {
                #"{"jsonrpc":"2.0",\#(id)"method":"ordered","params":{"key":"k","name":"\#(name)"}}"# + "\n"
            }
            try client.send(
                ordered("a") + ordered("b", #""id":1,"#) + ordered("c")
                    + #"{"jsonrpc":"2.0","method":"fail","params":{"key":"k"}}"# + "\n" + ordered("d", #""id":2,"#)
            )
            #expect(try await client.next()?["id"] == 1)
            let failure = try await client.next()
            #expect(failure?["method"] == "rpc.error" && failure?["params"]?["code"] == -32603)
            #expect(try await client.next()?["id"] == 2)
            #expect(listener.service.log == ["+a", "-a", "+b", "-b", "+c", "-c", "+d", "-d"])
        }
    }

    @Test("a notification that is served ends with its connection")
    func servedAndLeft() async throws {
        try await withListener { listener in
            let client = try listener.connect()
            try client.send(#"{"jsonrpc":"2.0","method":"block"}"#)
            await listener.service.noted("block started")
            client.socket.disconnect()
            await listener.service.noted("block cancelled")
        }
    }

    @Test("notifications of a batch are taken in one after the other")
    func waitingInBatch() async throws {
        try await withListener { listener in
            let client = try listener.connect()
            let slowly = #"{"jsonrpc":"2.0","method":"slowly"}"#
            try client.send("[\(slowly),\(slowly)]\n" + #"{"jsonrpc":"2.0","method":"update"}"#)
            await listener.service.noted("update {}")
            #expect(
                listener.service.log == ["slowly begins", "slowly ends", "slowly begins", "slowly ends", "update {}"]
            )
        }
    }
}
