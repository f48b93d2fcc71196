import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// The socket of the built daemon, byte by byte (rpc.md §2–§7).
@Suite("the wire", .serialized, .timeLimit(.minutes(5)))
struct WireTests {
    /// Sends `bytes`, closes this side, and gives every line of the answer.
    private func exchange(_ daemon: TestDaemon, _ bytes: [UInt8]) async throws -> [String] {
        let socket = try LineSocket(path: daemon.socketPath)
        try socket.write(bytes)
        socket.finishWriting()
        return await socket.lines.reduce(into: []) { $0.append(String(decoding: $1, as: UTF8.self)) }
    }

    private func code(_ line: String) -> Int64? {
        (try? JSONValue(parsing: Array(line.utf8)))?["error"]?["code"]?.integerValue
    }

    @Test("the examples of the JSON-RPC specification, with params by name")
    func specificationExamples() async throws {
        try await withDaemon(["PORT": "off"]) { daemon in
            let cases: [(String, [Int64?])] = [
                (#"{"jsonrpc":"2.0","method":"system.health","params":{},"id":1}"#, [nil]),
                (#"{"jsonrpc":"2.0","method":"system.health","id":"text"}"#, [nil]),
                (#"{"jsonrpc":"2.0","method":"foobar","id":"1"}"#, [-32601]),
                (#"{"jsonrpc":"2.0","method":"foobar, "params":"bar","baz]"#, [-32700]),
                (#"{"jsonrpc":"2.0","method":1,"params":"bar"}"#, [-32600]),
                (#"{"jsonrpc":"2.0","method":"system.health","params":[42,23],"id":1}"#, [-32602]),
                (#"{"jsonrpc":"1.0","method":"system.health","id":1}"#, [-32600]),
                (#"{"method":"system.health","id":1}"#, [-32600]),
                (#"{"jsonrpc":"2.0","method":"system.health","id":null}"#, [-32600]),
                (#"{"jsonrpc":"2.0","method":"system.health","id":1.5}"#, [-32600]),
                ("[]", [-32600]),
            ]
            for (request, codes) in cases {
                let lines = try await exchange(daemon, Array((request + "\n").utf8))
                #expect(lines.map(code) == codes, "\(request): \(lines)")
            }
            let batch =
                #"[{"jsonrpc":"2.0","method":"rpc.ping","id":1},{"foo":"boo"},{"jsonrpc":"2.0","method":"foo.get","id":"5"}]"#
            let lines = try await exchange(daemon, Array((batch + "\n").utf8))
            let answers = try JSONValue(parsing: Array(try #require(lines.first).utf8)).arrayValue ?? []
            #expect(answers.map { $0["error"]?["code"]?.integerValue } == [nil, -32600, -32601])
            let junk = try await exchange(daemon, Array("[1,2,3]\n".utf8))
            let refusals = try JSONValue(parsing: Array(try #require(junk.first).utf8)).arrayValue ?? []
            #expect(refusals.map { $0["error"]?["code"]?.integerValue } == [-32600, -32600, -32600])
        }
    }

    @Test("a transcript cut at every byte gives the same answers")
    func everySplit() async throws {
        try await withDaemon(["PORT": "off"]) { daemon in
            let calls = [
                #"{"jsonrpc":"2.0","id":1,"method":"project.get","params":{}}"#,
                #"{"jsonrpc":"2.0","id":"zwei","method":"nö.such"}"#,
                #"{"jsonrpc":"2.0","id":3,"method":"preference.get","params":{"key":"𝄞"}}"#,
                #"{"jsonrpc":"2.0","#,
                #"[{"jsonrpc":"2.0","id":4,"method":"rpc.ping"}]"#,
            ]
            let newline = Array(calls.map { $0 + "\n" }.joined().utf8)
            let headers = Array(
                calls.filter { $0 != calls[3] }.map { "Content-Length: \($0.utf8.count)\r\n\r\n\($0)" }.joined().utf8
            )
            for transcript in [newline, headers] {
                let whole = try await answers(daemon, [transcript])
                #expect(whole.count >= 4)
                for cut in stride(from: 1, to: transcript.count, by: 1) {
                    let parts = [Array(transcript[..<cut]), Array(transcript[cut...])]
                    #expect(try await answers(daemon, parts) == whole, "cut at \(cut)")
                }
            }
        }
    }

    /// The answers, sorted, without what differs from call to call.
    private func answers(_ daemon: TestDaemon, _ parts: [[UInt8]]) async throws -> [String] {
        let socket = try LineSocket(path: daemon.socketPath)
        for part in parts { try socket.write(part) }
        socket.finishWriting()
        var text = ""
        for await line in socket.lines { text += String(decoding: line, as: UTF8.self) + "\n" }
        return text.replacing(/"requestId":"[0-9a-f]+"/, with: "").replacing(/Content-Length: \d+/, with: "")
            .split(whereSeparator: \.isNewline).map(String.init).sorted()
    }

    @Test("the JSON parsing suite as params")
    func parsingSuite() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../shared/data/JSONTestSuite/test_parsing").standardized
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
        else {
            print("skipped: the JSON parsing suite is not at \(folder.path(percentEncoded: false))")
            return
        }
        try await withDaemon(["PORT": "off"]) { daemon in
            for name in names.sorted() where name.hasSuffix(".json") && !name.hasPrefix("i_") {
                let content = Array(try Data(contentsOf: folder.appending(path: name)))
                let body =
                    Array(#"{"jsonrpc":"2.0","id":1,"method":"no.such","params":{"value":"#.utf8) + content
                    + Array("}}".utf8)
                let lines = try await exchange(daemon, Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body)
                let answer = lines.lazy.compactMap { code($0) }.first
                let isAccepted = name.hasPrefix("y_") && !name.hasPrefix("y_object_duplicated")
                if isAccepted {
                    #expect(answer == -32601, "\(name): \(lines)")
                } else {
                    #expect(answer == -32700 || answer == -32600, "\(name): \(lines)")
                }
            }
            _ = try await daemon.connect().call("rpc.ping")
        }
    }

    @Test("hostile lines get one error and the connection lives on")
    func hostileLines() async throws {
        try await withDaemon(["PORT": "off"]) { daemon in
            let deep = String(repeating: "[", count: 100_000)
            let long = String(repeating: "x", count: 5 << 20)
            let cases: [(String, Int64)] = [
                (#"{"jsonrpc":"2.0","id":1,"method":"no.such","params":{"v":"# + deep, -32700),
                (#"{"jsonrpc":"2.0","id":2,"method":"no.such","params":{"v":""# + long + #""}}"#, 1301),
                (#"{"jsonrpc":"2.0","id":3,"id":4,"method":"rpc.ping"}"#, -32700),
                (#"{"jsonrpc":"2.0","id":3,"method":"preference.get","params":{"key":"a","key":"b"}}"#, -32700),
                (#"{"jsonrpc":"2.0","id":9007199254740993,"method":"rpc.ping"}"#, -32700),
                (#"{"jsonrpc":"2.0","id":3,"method":"rpc.ping"} trailing"#, -32700),
                ("nonsense", -32700),
            ]
            let socket = try LineSocket(path: daemon.socketPath)
            var lines = socket.lines.makeAsyncIterator()
            try socket.write("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"rpc.ping\"}\n")
            _ = await lines.next()
            for (line, wanted) in cases {
                try socket.write(line + "\n")
                let answer = String(decoding: try #require(await lines.next()), as: UTF8.self)
                let isAcceptable = code(answer) == wanted || (wanted == -32700 && code(answer) == -32600)
                #expect(isAcceptable, "\(line.prefix(80)): \(answer.prefix(300))")
                try socket.write("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"rpc.ping\"}\n")
                let pong = String(decoding: try #require(await lines.next()), as: UTF8.self)
                #expect(pong.contains("instance"))
            }
        }
    }

    @Test(
        "other protocols get one readable line",
        arguments: ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "SSH-2.0-x\r\n", "\u{16}\u{3}\u{1}", "<xml/>"]
    )
    func otherProtocols(text: String) async throws {
        try await withDaemon { daemon in
            let lines = try await exchange(daemon, Array(text.utf8))
            #expect(lines.count == 1)
            #expect(code(lines.first ?? "") == -32700)
            #expect(lines.first?.contains("http://127.0.0.1:") == true, "\(lines)")
        }
    }

    @Test("the socket and its folder are private")
    func modes() async throws {
        try await withDaemon(["PORT": "off", "OCTOBOT_SOCKET": ""]) { daemon in
            let socket = daemon.folder.appending(path: "run/octobot/octobotd.sock").path(percentEncoded: false)
            let attributes = try FileManager.default.attributesOfItem(atPath: socket)
            #expect((attributes[.posixPermissions] as? Int) == 0o600)
            let folder = (socket as NSString).deletingLastPathComponent
            #expect((try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int) == 0o700)
            _ = try RPCPeer(path: socket)
        }
    }
}
