import Foundation
import JSONRPC
import JSONRPCTransport
import JSONText
import OctobotTestSupport
import Testing

@Suite("the client", .timeLimit(.minutes(1)))
struct ClientTests {
    private func withClient(
        limits: RPCLimits = RPCLimits(),
        _ body: (RPCClient, TestListener) async throws -> Void
    ) async throws {
        try await withListener(limits: limits) { listener in
            let client = try await RPCClient.connect(toSocket: listener.path)
            try await body(client, listener)
            await client.close()
        }
    }

    @Test("results and errors come to their calls")
    func calls() async throws {
        try await withClient { client, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for n in 0..<100 {
                    group.addTask {
                        let params = Array(#"{"n":\#(n),"text":"line\nfeed"}"#.utf8)
                        let result = try await client.call("echo", params: params)
                        #expect(result == params)
                    }
                }
                try await group.waitForAll()
            }
            let error = await #expect(throws: RPCError.self) { try await client.call("nothing") }
            #expect(error?.code == -32601)
        }
    }

    @Test("cancelling the task cancels the call at the daemon")
    func cancelling() async throws {
        try await withClient { client, listener in
            let call = Task { try await client.call("stubborn") }
            await listener.service.noted("stubborn started")
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            await listener.service.noted("stubborn cancelled")
        }
    }

    @Test("the loss of the connection fails every call, and later ones")
    func loss() async throws {
        try await withClient { client, listener in
            let call = Task { try await client.call("block") }
            await listener.service.noted("block started")
            for connection in listener.service.connections { connection.close() }
            await #expect(throws: RPCConnectionClosed.self) { try await call.value }
            await #expect(throws: RPCConnectionClosed.self) { try await client.call("echo") }
            await client.connection.closed()
        }
    }

    @Test("a subscription misses nothing, ends with its end, and more than is kept waiting passes through")
    func subscriptions() async throws {
        try await withClient { client, _ in
            let subscription = try await client.subscribe("subscribe", params: Array(#"{"count":1000}"#.utf8))
            #expect(subscription.answer == Array(#"{"subscription":"s1"}"#.utf8))
            var n: Int64 = 0
            for try await params in subscription {
                let value = try JSONValue(parsing: params)
                if value["type"] == "end" { break }
                #expect(value["n"]?.integerValue == n)
                n += 1
                // Calls between two notifications get their answers.
                if n % 100 == 0 { _ = try await client.call("echo") }
            }
            #expect(n == 1000)
        }
    }

    @Test("where nobody listens, that is said")
    func nobody() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.path(percentEncoded: false) + "none.sock"
            await #expect(throws: RPCConnectError.nobodyListens(path: path, reason: "No such file or directory")) {
                try await RPCClient.connect(toSocket: path)
            }
        }
    }

    @Test("what the daemon says before it closes is the reason")
    func reason() async throws {
        var limits = RPCLimits()
        limits.connections = 1
        try await withClient(limits: limits) { first, listener in
            _ = try await first.call("echo")
            let second = try await RPCClient.connect(toSocket: listener.path)
            do {
                _ = try await second.call("block")
                #expect(Bool(false), "the second connection was served")
            } catch let error as RPCConnectionClosed {
                #expect(error.reason?.code == 1305)
            }
        }
    }

    @Test("goodbyes and other notifications of no subscription are handed out")
    func notifications() async throws {
        try await withClient { client, listener in
            _ = try await client.call("echo")
            await listener.stop()
            var methods: [String] = []
            for await notification in client.notifications { methods.append(notification.method) }
            #expect(methods == ["rpc.goaway"])
        }
    }

    @Test("a subscription nobody reads any more is ended, also one that was cancelled too late")
    func abandoned() async throws {
        try await withClient { client, listener in
            do {
                let subscription = try await client.subscribe("subscribe", params: Array(#"{"open":true}"#.utf8))
                #expect(subscription.name == "s1")
            }
            await listener.service.noted(#"rpc.unsubscribe {"subscription":"s1"}"#)
            let late = Task { try await client.subscribe("subscribe", params: Array(#"{"late":true}"#.utf8)) }
            await listener.service.noted("late started")
            late.cancel()
            await #expect(throws: CancellationError.self) { try await late.value }
            listener.service.gate.ring()
            await listener.service.noted(#"rpc.unsubscribe {"subscription":"s2"}"#)
        }
    }
}
