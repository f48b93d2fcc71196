import JSONRPCTransport
import JSONText
import Testing

/// Shutting a listener without losing anybody.
@Suite("accept gate", .timeLimit(.minutes(1)))
struct AcceptGateTests {
    @Test("who came before it was shut is counted, who comes after waits in the backlog until it opens again")
    func shut() async throws {
        try await withListener { listener in
            let gate = listener.listener.gate
            let ping = #"{"jsonrpc":"2.0","id":1,"method":"rpc.ping"}"#
            let early = try listener.connect()
            #expect(try await early.ask(ping) != nil)
            try await gate.shut()
            #expect(gate.census.count == 1)
            #expect(!gate.isAwaited)
            let late = try listener.connect()
            try late.send(ping)
            #expect(gate.isAwaited)
            // What is open goes on meanwhile.
            #expect(try await early.ask(ping) != nil)
            #expect(gate.census.count == 1)
            try await gate.reopen()
            #expect(try await late.next()?["result"]?["instance"] == "i")
            #expect(gate.census.count == 2)
            #expect(!gate.isAwaited)
        }
    }
}
