import JSONRPC
import JSONRPCTransport
import JSONText
import OctobotTestSupport
import Testing

/// Calls that begin on the event loop.
@Suite("short calls", .timeLimit(.minutes(1)))
struct ShortCallTests {
    @Test("one is answered before the next message is read")
    func atOnce() async throws {
        try await withListener { listener in
            let client = try listener.connect()
            for round in 0..<100 {
                let lines = ["short", "now", "shortFail", "now"].enumerated().map { index, method in
                    #"{"jsonrpc":"2.0","id":\#(round * 4 + index),"method":"\#(method)","params":{"n":\#(round)}}"#
                }
                try client.send(lines.joined(separator: "\n"))
                var ids: [Int64] = []
                while ids.count < 4 {
                    guard let message = try await client.next() else { break }
                    guard let id = message["id"]?.integerValue else { continue }
                    ids.append(id)
                    #expect(id % 4 == 2 ? message["error"]?["code"] == -32603 : message["result"]?["n"] != nil)
                }
                #expect(ids == (0..<4).map { Int64(round * 4 + $0) })
            }
        }
    }

    @Test("what it sends before and after its answer stays there")
    func order() async throws {
        try await withListener { listener in
            let client = try listener.connect()
            for id in 1...50 {
                try client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"shortNotify"}"#)
                #expect(try await client.next()?["method"] == "before")
                #expect(try await client.next()?["id"]?.integerValue == Int64(id))
                #expect(try await client.next()?["method"] == "after")
            }
        }
    }

    @Test("one that has to wait delays nobody and can be cancelled")
    func waiting() async throws {
        try await withListener { listener in
            let client = try listener.connect()
            try client.send(#"{"jsonrpc":"2.0","id":1,"method":"shortBlock"}"#)
            #expect(try await client.ask(#"{"jsonrpc":"2.0","id":2,"method":"short"}"#)?["id"] == 2)
            #expect(try await client.ask(#"{"jsonrpc":"2.0","id":3,"method":"echo"}"#)?["id"] == 3)
            try client.send(#"{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":1}}"#)
            let cancelled = try await client.next()
            #expect(cancelled?["id"] == 1)
            #expect(cancelled?["error"]?["code"] == -32800)
        }
    }

    @Test("a row of them behind one key, a batch, and the last of a client that sends no more are all answered")
    func rows() async throws {
        try await withListener { listener in
            let client = try listener.connect()
            let row = (0..<200).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"shortOrdered"}"# }
            // The first is not short: the others wait for it.
            let first = #"{"jsonrpc":"2.0","id":-1,"method":"ordered","params":{"key":"one","name":"first"}}"#
            try client.send(([first] + row).joined(separator: "\n"))
            for id in -1..<200 { #expect(try await client.next()?["id"]?.integerValue == Int64(id)) }
            let batch = try await client.ask("[" + row.prefix(50).joined(separator: ",") + "]")
            #expect(batch?.arrayValue?.compactMap { $0["id"]?.integerValue } == (0..<50).map { Int64($0) })
            try client.send(#"{"jsonrpc":"2.0","id":"last","method":"short"}"#)
            client.socket.finishWriting()
            #expect(try await client.next()?["id"] == "last")
            #expect(try await client.next() == nil)
        }
    }
}
