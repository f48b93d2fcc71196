import JSONText
import OctobotClient
import OctobotSocket
import OctobotTestSupport
import Testing

@Suite("repeated calls on the socket", .timeLimit(.minutes(1)))
struct ReplayTests {
    @Test("an answer that an earlier call got says so in its result, and no other does")
    func marks() async throws {
        try await TestSocket.run { socket in
            let conversation = try socket.connect()
            func result(_ method: String, key: String) async throws -> JSONValue? {
                try await conversation.call(method, ["title": "a", "_meta": ["idempotencyKey": .string(key)]])["result"]
            }
            #expect(try await result("thing.keep", key: "new") == ["title": "a"])
            #expect(try await result("thing.keep", key: "known") == ["title": "a", "_meta": ["replayed": true]])
            #expect(try await result("thing.keep", key: "new") == ["title": "a"])
            #expect(try await result("thing.keepNothing", key: "new") == [:])
            #expect(try await result("thing.keepNothing", key: "known") == ["_meta": ["replayed": true]])
            let batch = try await conversation.call("thing.keep", ["title": "b"])
            #expect(batch["result"] == ["title": "b"])
            #expect(conversation.violations == [])
        }
    }

    @Test("typed calls read a marked answer like any other")
    func typed() async throws {
        try await TestSocket.run { socket in
            try await OctobotClient.with(DaemonEndpoint(socketPath: socket.path)) { client in
                let options = CallOptions(idempotencyKey: "known")
                let kept = try await client.call(KeepThing.self, Thing(title: "a"), options)
                #expect(kept == Thing(title: "a"))
            }
        }
    }
}
