import Foundation
import JSONRPC
import JSONRPCTransport
import JSONText
import OctobotTestSupport
import Testing

/// The examples of the JSON-RPC 2.0 specification, §7, with params by name, and what rpc.md adds.
@Suite("the protocol", .timeLimit(.minutes(2)))
struct SpecificationTests {
    /// Sends bytes in pieces, ends this side, and gives every line without what differs from call to call.
    private func exchange(_ listener: TestListener, _ pieces: [some Sequence<UInt8>]) async throws -> [String] {
        let client = try listener.connect()
        for piece in pieces { try client.socket.write(piece) }
        client.socket.finishWriting()
        var text = ""
        while let line = await client.line() { text += line + "\n" }
        return text.replacing(/"requestId":"[0-9a-f]+",/, with: "").replacing(/Content-Length: \d+/, with: "\n")
            .split(whereSeparator: \.isNewline).map(String.init)
    }

    private func codes(_ value: JSONValue) -> String {
        if let answers = value.arrayValue { return "[" + answers.map(codes).joined(separator: " ") + "]" }
        let id =
            value["id"].map { String(decoding: $0.serialized(), as: UTF8.self) } ?? value["method"]?.stringValue ?? ""
        if let code = value["error"]?["code"]?.integerValue { return "\(id):\(code)" }
        return "\(id):"
            + String(decoding: (value["result"] ?? value["params"]?["code"] ?? .null).serialized(), as: UTF8.self)
    }

    @Test(
        "every example is answered as the specification says",
        arguments: [
            (#"{"jsonrpc":"2.0","method":"subtract","params":{"subtrahend":23,"minuend":42},"id":3}"#, ["3:19"]),
            (#"{"jsonrpc":"2.0","method":"subtract","params":{"minuend":42,"subtrahend":23},"id":"4"}"#, [#""4":19"#]),
            (#"{"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":1}"#, ["1:-32602"]),
            (#"{"jsonrpc":"2.0","method":"update","params":{"a":1}}"#, []),
            (#"{"jsonrpc":"2.0","method":"foobar"}"#, ["rpc.error:-32601"]),
            (#"{"jsonrpc":"2.0","method":"foobar","id":"1"}"#, [#""1":-32601"#]),
            (#"{"jsonrpc":"2.0","method":"foobar, "params":"bar","baz]"#, ["null:-32700"]),
            (#"{"jsonrpc":"2.0","method":1,"params":"bar"}"#, ["null:-32600"]),
            (#"[{"jsonrpc":"2.0","method":"echo","id":"1"},{"jsonrpc":"2.0","method"]"#, ["null:-32700"]),
            ("[]", ["null:-32600"]), ("[1]", ["[null:-32600]"]), ("[1,2,3]", ["[null:-32600 null:-32600 null:-32600]"]),
            (
                #"[{"jsonrpc":"2.0","method":"subtract","params":{"minuend":1,"subtrahend":9},"id":"1"},"#
                    + #"{"jsonrpc":"2.0","method":"update","params":{"a":7}},"#
                    + #"{"jsonrpc":"2.0","method":"rpc.ping","id":"2"},{"foo":"boo"},"#
                    + #"{"jsonrpc":"2.0","method":"foo.get","params":{"name":"myself"},"id":"5"},"#
                    + #"{"jsonrpc":"2.0","method":"echo","id":"9"}]"#,
                [#"["1":-8 "2":{"instance":"i"} null:-32600 "5":-32601 "9":{}]"#]
            ),
            (#"[{"jsonrpc":"2.0","method":"update","params":{"a":1}},{"jsonrpc":"2.0","method":"update"}]"#, []),
            (#"{"jsonrpc":"2.0","method":"now","params":{"x":"\u00fc"},"id":-0}"#, [#"0:{"x":"ü"}"#, "after:null"]),
            (#"{"jsonrpc":"2.0","method":"fail","id":1}"#, ["1:-32603"]),
            (#"{"jsonrpc":"2.0","method":"rpc.ping","params":{"x":1},"id":1}"#, ["1:-32601"]),
            (#"{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":99},"id":1}"#, ["1:{}"]),
            (#"{"jsonrpc":"2.0","method":"rpc.cancel","params":{"call":99},"id":1}"#, ["1:-32602"]),
            (#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{}}"#, ["rpc.error:-32602"]),
        ]
    )
    func examples(request: String, wanted: [String]) async throws {
        try await withListener { listener in
            let lines = try await exchange(listener, [Array((request + "\n").utf8)])
            #expect(try lines.map { codes(try JSONValue(parsing: $0.utf8)) } == wanted, "\(lines)")
            let framed = "Content-Length: \(request.utf8.count)\r\n\r\n\(request)"
            #expect(try await exchange(listener, [Array(framed.utf8)]) == lines)
        }
    }

    @Test("the id is echoed as it was written")
    func echo() async throws {
        try await withListener { listener in
            let client = try listener.connect()
            for id in [#""\u0041\/""#, "-0", "9007199254740991", #""""#] {
                try client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"rpc.ping"}"#)
                #expect(await client.line() == #"{"jsonrpc":"2.0","id":\#(id),"result":{"instance":"i"}}"#)
                try client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"echo"}"#)
                #expect(await client.line() == #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#)
            }
        }
    }

    @Test("a transcript divided at every byte gets the same answers, in both framings")
    func divided() async throws {
        try await withListener { listener in
            let calls = [
                #"{"jsonrpc":"2.0","id":1,"method":"now","params":{"k":"𝄞"}}"#,
                #"{"jsonrpc":"2.0","id":"zwei","method":"nö"}"#,
                #"[{"jsonrpc":"2.0","id":4,"method":"rpc.ping"},7]"#,
                #"{"jsonrpc":"2.0","id":5,"method":"subtract","params":{}}"#,
            ]
            let newline = Array((calls + ["{broken"]).map { $0 + "\r\n" }.joined().utf8)
            let header = Array(calls.map { "Content-Length: \($0.utf8.count)\r\n\r\n\($0)" }.joined().utf8)
            for transcript in [newline, header] {
                let whole = try await exchange(listener, [transcript]).sorted()
                #expect(whole.count >= 5)
                for index in transcript.indices.dropFirst() {
                    let answers = try await exchange(listener, [transcript[..<index], transcript[index...]])
                    #expect(answers.sorted() == whole, "divided at \(index)")
                }
                #expect(try await exchange(listener, transcript.map { [$0] }).sorted() == whole)
            }
        }
    }

    @Test("the JSON parsing suite as params")
    func parsingSuite() async throws {
        let given = ProcessInfo.processInfo.environment["JSON_TEST_SUITE"].map { URL(filePath: $0) }
        let folder =
            given
            ?? URL(filePath: #filePath).appending(path: "../../../../shared/data/JSONTestSuite/test_parsing")
            .standardized
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
        else {
            return print(
                "skipped: the JSON parsing suite is not at \(folder.path(percentEncoded: false)); set JSON_TEST_SUITE"
            )
        }
        try await withListener { listener in
            for name in names.sorted() where name.hasSuffix(".json") {
                let content = Array(try Data(contentsOf: folder.appending(path: name)))
                let body =
                    Array(#"{"jsonrpc":"2.0","id":1,"method":"no.such","params":{"value":"#.utf8) + content
                    + Array("}}".utf8)
                let lines = try await exchange(listener, [Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body])
                let isAccepted = lines.contains { $0.contains("-32601") }
                #expect(lines.contains { $0.contains(#""error""#) }, "\(name)")
                if name.hasPrefix("i_") { continue }
                #expect(
                    isAccepted == (name.hasPrefix("y_") && !name.hasPrefix("y_object_duplicated")),
                    "\(name): \(lines)"
                )
            }
        }
    }

    @Test("hostile lines get one error, and the connection lives on")
    func hostile() async throws {
        try await withListener { listener in
            let deep = String(repeating: "[", count: 100_000)
            let long = String(repeating: "x", count: 5 << 20)
            let cases: [(String, String)] = [
                (#"{"jsonrpc":"2.0","id":1,"method":"echo","params":{"v":"# + deep, "null:-32700"),
                (deep, "null:-32700"),
                (#"{"jsonrpc":"2.0","id":2,"method":"echo","params":{"v":""# + long + #""}}"#, "2:1301"),
                (#"{"params":{"v":""# + long + #""},"jsonrpc":"2.0","id":2,"method":"echo"}"#, "null:1301"),
                (#"{"jsonrpc":"2.0","id":3,"id":4,"method":"rpc.ping"}"#, "null:-32700"),
                (#"{"jsonrpc":"2.0","id":3,"method":"echo","params":{"key":"a","key":"b"}}"#, "null:-32700"),
                ("nonsense", "null:-32700"), ("\u{0}\u{1}", "null:-32700"),
            ]
            let client = try listener.connect()
            #expect(
                try await client.ask(#"{"jsonrpc":"2.0","id":0,"method":"rpc.ping"}"#).map(codes)
                    == #"0:{"instance":"i"}"#
            )
            for (line, wanted) in cases {
                #expect(try await client.ask(line).map(codes) == wanted, "\(line.prefix(60))")
                #expect(
                    try await client.ask(#"{"jsonrpc":"2.0","id":0,"method":"rpc.ping"}"#).map(codes)
                        == #"0:{"instance":"i"}"#
                )
            }
        }
    }

    @Test(
        "another protocol gets one readable line, and then the end",
        arguments: [
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "SSH-2.0-x\r\n", "\u{16}\u{3}\u{1}", "<xml/>",
            "CONNECT x:1 HTTP/1.1\r\n",
        ]
    )
    func otherProtocols(text: String) async throws {
        try await withListener { listener in
            let client = try listener.connect()
            try client.socket.write(text)
            let answer = try await client.next()
            #expect(answer.map(codes) == "null:-32700")
            #expect(answer?["error"]?["data"]?["hint"] == "HTTP is at http://127.0.0.1:1")
            #expect(await client.line() == nil)
        }
    }
}
