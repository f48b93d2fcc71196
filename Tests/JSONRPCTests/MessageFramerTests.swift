import JSONRPC
import NIOCore
import Testing

@Suite("framing", .timeLimit(.minutes(1)))
struct MessageFramerTests {
    private enum Seen: Equatable {
        case message(String)
        case tooLong(String)
        case wrong
    }

    /// What a stream given in pieces is cut into.
    private func cut(_ pieces: [some Sequence<UInt8>], limit: Int = 64, framing: Framing? = nil) -> [Seen] {
        var framer = MessageFramer(limit: limit, framing: framing)
        var seen: [Seen] = []
        func take(_ event: MessageFramer.Event) {
            switch event {
            case .message(let text): seen.append(.message(String(buffer: text)))
            case .tooLong(let head): seen.append(.tooLong(String(buffer: head)))
            case .wrongProtocol: seen.append(.wrong)
            }
        }
        for piece in pieces {
            framer.append(ByteBuffer(bytes: piece))
            while let event = framer.next() { take(event) }
        }
        if let event = framer.finish() { take(event) }
        return seen
    }

    @Test(
        "a stream is cut the same wherever it was divided",
        arguments: [
            (" \r\n\t{\"a\":1}\r\n\n \n[2]\n{}", [.message("{\"a\":1}\r"), .message("[2]"), .message("{}")]),
            ("{}\nnonsense\n{}\n", [.message("{}"), .message("nonsense"), .message("{}")]),
            ("{\(String(repeating: "x", count: 80))}\n{}\n", [.tooLong("*"), .message("{}")]),
            (
                "Content-Length: 2\r\n\r\n{}content-length:3\nContent-Type: x; y=z\n\n[1]\r\nContent-Length: 0\r\n\r\n",
                [.message("{}"), .message("[1]"), .message("")]
            ),
            (
                "Content-Length: 70\r\n\r\n\(String(repeating: "y", count: 70))Content-Length: 1\r\n\r\n1",
                [.tooLong("*"), .message("1")]
            ),
            ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", [.wrong]), ("CONNECT x:1 HTTP/1.1\r\n\r\n", [.wrong]),
            ("Content-Length: 2\r\nnonsense\r\n\r\n{}", [.wrong]), ("Content-Length: -1\r\n\r\n", [.wrong]),
            ("Content-Length: 1 2\r\n\r\n{}", [.wrong]), ("Content-Type: x\r\n\r\n{}", [.wrong]),
            ("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", [.wrong]),
            ("Content-Length: 99999999999999999999\r\n\r\n{}", [.wrong]), ("\u{16}\u{3}\u{1}", [.wrong]),
            ("nonsense\n", [.wrong]),
            ("", []), (" \n", []), ("Content-Length: 5\r\n\r\n{}", []),
        ] as [(String, [Seen])]
    )
    private func divided(text: String, wanted: [Seen]) {
        let bytes = Array(text.utf8)
        func plain(_ seen: [Seen]) -> [Seen] { seen.map { if case .tooLong = $0 { .tooLong("*") } else { $0 } } }
        #expect(plain(cut([bytes])) == wanted)
        #expect(plain(cut(bytes.map { [$0] })) == wanted)
        for index in bytes.indices {
            #expect(plain(cut([bytes[..<index], bytes[index...]])) == wanted, "divided at \(index)")
        }
    }

    @Test("the head of a long message is its first 4 KiB, and the rest is not kept")
    func head() {
        let long = "{" + String(repeating: "x", count: 20_000)
        #expect(
            cut([Array((long + "\n{}\n").utf8)], limit: 8192) == [.tooLong(String(long.prefix(4096))), .message("{}")]
        )
        let framed = "Content-Length: 20001\r\n\r\n" + long + "Content-Length: 2\r\n\r\n{}"
        #expect(cut([Array(framed.utf8)], limit: 8192) == [.tooLong(String(long.prefix(4096))), .message("{}")])
    }

    @Test("a message of exactly the limit passes")
    func limit() {
        let text = "[" + String(repeating: "1", count: 62) + "]"
        #expect(cut([Array((text + "\n").utf8)]) == [.message(text)])
        #expect(cut([Array("Content-Length: 64\r\n\r\n\(text)".utf8)]) == [.message(text)])
        #expect(cut([Array((text + " \n").utf8)]).count == 1)
    }

    @Test("an agreed framing takes any line")
    func agreed() {
        #expect(cut([Array("hello\n{}\n".utf8)], framing: .newline) == [.message("hello"), .message("{}")])
    }
}
