import JSONText
import Logging
import NIOCore
import OctobotAPI
import OctobotGateway
import OctobotModel
import OctobotServer
import OctobotServices
import ServiceLifecycle
import Testing

@Suite("A terminal's WebSocket", .timeLimit(.minutes(2)))
struct WebSocketTests {
    private typealias Client = WebSocketClient

    private func withSocket(
        ping: Duration = .seconds(30),
        receiveBuffer: Int? = nil,
        _ body: @escaping @Sendable (inout WebSocketClient, ToyShell) async throws -> Void
    ) async throws {
        let configure = { (configuration: inout GatewayConfiguration) in configuration.timeouts.ping = ping }
        try await TestGateway.run(configure: configure) { gateway in
            try await gateway.socket(receiveBuffer: receiveBuffer) { client in
                try await body(&client, try await gateway.streams.shells.shell())
            }
            try await gateway.streams.shells.shell().until { $0.isClosed }
        }
    }

    // MARK: Messages

    @Test("what is typed arrives, what is printed is shown, sizes are clamped")
    func messages() async throws {
        try await withSocket { client, shell in
            try await client.type("ls -l\r")
            try await client.type("é🙂\u{3}")
            try await client.send(Client.frame(Client.text, Client.message("resize", ["rows": 50, "cols": 132])))
            try await client.send(Client.frame(Client.text, Client.message("resize", ["rows": 0, "cols": 100_000])))
            try await shell.until { $0.sizes.count == 2 }
            #expect(shell.typed == "ls -l\ré🙂\u{3}")
            #expect(shell.sizes == [[50, 132], [1, 1000]])
            shell.print(Array("a\"\\\u{1B}[0m\u{0}🙂\r\n".utf8))
            let message = try await client.message()
            #expect(message?.type == "output" && message?.data == "a\"\\\u{1B}[0m\u{0}🙂\r\n")
            shell.print([0x41, 0xFF, 0x42])
            #expect(try await client.message()?.data == "A\u{FFFD}B")
        }
    }

    @Test(
        "what nobody knows, and data that does not fit, is passed over",
        arguments: [
            #"{"type":"input"}"#, #"{"type":"input","data":5}"#, #"{"type":"resize","data":"x"}"#, #"{"type":"x"}"#,
            #"{"type":"resize","data":{"rows":5}}"#, #"{"type":"resize","data":{"rows":"5","cols":5}}"#, "{}", "[]",
            "null", #"{"data":"x"}"#, #"{"type":"resize","data":{"rows":1.5,"cols":5}}"#,
        ]
    )
    func ignored(text: String) async throws {
        try await withSocket { client, shell in
            try await client.send(Client.frame(Client.text, Array(text.utf8)))
            try await client.type("still here")
            try await shell.until { $0.typed == "still here" }
            #expect(shell.sizes.isEmpty)
        }
    }

    @Test(
        "a message that is no JSON is told, and input goes on",
        arguments: [
            "", "x", "{", #"{"type":"input","data":"a"} {}"#, #"{"type":"input","data":"\ud800"}"#,
            #"{"type":"input","type":"input","data":"a"}"#, String(repeating: "[", count: 100_000),
        ]
    )
    func noJSON(text: String) async throws {
        try await withSocket { client, shell in
            try await client.send(Client.frame(Client.text, Array(text.utf8)))
            #expect(try await client.message()?.type == "error")
            try await client.type("still here")
            try await shell.until { $0.typed == "still here" }
        }
    }

    @Test("input the shell refuses is told, and the connection goes on")
    func refusedInput() async throws {
        try await withSocket { client, shell in
            shell.refuse(Fault(.invalidState, "It does not take it."))
            try await client.type("x")
            let message = try await client.message()
            #expect(message?.type == "error" && message?.data == "It does not take it.")
            shell.print(Array("on".utf8))
            #expect(try await client.message()?.data == "on")
        }
    }

    // MARK: Fragments

    @Test("a message in any two or three fragments is one, with control frames between them")
    func fragments() async throws {
        try await withSocket { client, shell in
            let message = Client.message("input", "é🙂!")
            var count = 0
            for first in 0...message.count {
                for second in Set([first, (first + message.count) / 2, message.count]).sorted() {
                    let parts = [message[..<first], message[first..<second], message[second...]].map(Array.init)
                    try await client.send(
                        Client.frame(Client.text, parts[0], isFinal: false)
                            + Client.frame(Client.ping, [1, 2, 3]) + Client.frame(0, parts[1], isFinal: false)
                            + Client.frame(Client.pong, []) + Client.frame(0, parts[2])
                    )
                    #expect(try await client.next() == Client.Frame(opcode: Client.pong, payload: [1, 2, 3]))
                    count += 1
                }
            }
            let expected = String(repeating: "é🙂!", count: count)
            try await shell.until { $0.typed == expected }
        }
    }

    @Test("frames that arrive byte by byte are frames")
    func byteByByte() async throws {
        try await withSocket { client, shell in
            for byte in Client.frame(Client.text, Client.message("input", .string(String(repeating: "x", count: 130))))
            {
                try await client.send([byte])
            }
            try await shell.until { $0.typed.count == 130 }
        }
    }

    @Test("hundreds of pings are answered in their order")
    func pings() async throws {
        try await withSocket { client, shell in
            for n in 0..<500 {
                try await client.send(Client.frame(Client.ping, Array(repeating: UInt8(n & 0xFF), count: n % 126)))
            }
            for n in 0..<500 {
                let expected = [UInt8](repeating: UInt8(n & 0xFF), count: n % 126)
                #expect(try await client.next() == Client.Frame(opcode: Client.pong, payload: expected))
            }
            try await client.type("x")
            try await shell.until { $0.typed == "x" }
        }
    }

    // MARK: Violations

    struct Violation: Sendable, CustomTestStringConvertible {
        var what: String
        var bytes: [UInt8]
        var code: Int
        var testDescription: String { what }

        init(_ what: String, _ bytes: [UInt8], _ code: Int) {
            self.what = what
            self.bytes = bytes
            self.code = code
        }
    }

    private static let hello = Client.message("input", "hello")
    private static let euro: [UInt8] = Array(#"{"type":"input","data":"€"}"#.utf8)
    static let violations: [Violation] =
        [
            Violation("not masked", Client.frame(Client.text, hello, isMasked: false), 1002),
            Violation("ping not masked", Client.frame(Client.ping, [], isMasked: false), 1002),
            Violation("long ping", Client.frame(Client.ping, [UInt8](repeating: 0, count: 126)), 1002),
            Violation("long close", Client.frame(Client.close, [3, 232] + [UInt8](repeating: 65, count: 124)), 1002),
            Violation("ping in fragments", Client.frame(Client.ping, [1], isFinal: false), 1002),
            Violation("close in fragments", Client.frame(Client.close, [3, 232], isFinal: false), 1002),
            Violation("continuation of nothing", Client.frame(0, hello), 1002),
            Violation("unfinished continuation of nothing", Client.frame(0, hello, isFinal: false), 1002),
            Violation(
                "text inside text",
                Client.frame(Client.text, [0x7B], isFinal: false) + Client.frame(Client.text, hello),
                1002
            ),
            Violation("binary", Client.frame(Client.binary, [1, 2, 3]), 1003),
            Violation("no UTF-8", Client.frame(Client.text, Array("{\"a\":\"".utf8) + [0xFF, 0x22, 0x7D]), 1007),
            Violation("surrogate in UTF-8", Client.frame(Client.text, [0x22, 0xED, 0xA0, 0x80, 0x22]), 1007),
            Violation("overlong UTF-8", Client.frame(Client.text, [0x22, 0xC0, 0xAF, 0x22]), 1007),
            Violation("beyond Unicode", Client.frame(Client.text, [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22]), 1007),
            Violation("half a character", Client.frame(Client.text, [0xE2, 0x82]), 1007),
            Violation(
                "bad UTF-8 across fragments",
                Client.frame(Client.text, [0x22, 0xE2], isFinal: false) + Client.frame(0, [0x28, 0xA1, 0x22]),
                1007
            ),
            Violation("over 1 MiB", Client.frame(Client.text, [], announcing: (1 << 20) + 1), 1009),
            Violation("4 GiB", Client.frame(Client.text, [], announcing: 1 << 32), 1009),
            Violation("2⁶³ − 1", Client.frame(Client.text, [], announcing: Int.max), 1009),
            Violation(
                "over 1 MiB in fragments",
                (0..<9).flatMap { n in
                    Client.frame(n == 0 ? Client.text : 0, [UInt8](repeating: 0x20, count: 128 << 10), isFinal: false)
                },
                1009
            ),
            Violation(
                "too many fragments",
                (0..<5000).flatMap { Client.frame($0 == 0 ? Client.text : 0, [0x20], isFinal: false) },
                1009
            ),
        ]
        + (1...7).map { Violation("reserved bits \($0)", Client.frame(Client.text, hello, reserved: UInt8($0)), 1002) }
        + (1...7).map { Violation("ping, bits \($0)", Client.frame(Client.ping, [], reserved: UInt8($0)), 1002) }
        + ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]).map {
            Violation("opcode \($0)", Client.frame($0, $0 > 8 ? [] : hello), 1002)
        }

    @Test("a client that breaks the rules is told which and let go, and its shell is closed", arguments: violations)
    func violation(violation: Violation) async throws {
        try await withSocket { client, shell in
            try await client.send(violation.bytes)
            #expect(try await client.closing()?.code == violation.code)
            try await shell.until { $0.isClosed }
            #expect(shell.typed.isEmpty)
        }
    }

    @Test("a message of 1 MiB is taken")
    func largest() async throws {
        try await withSocket { client, shell in
            let text = String(repeating: "x", count: (1 << 20) - Client.message("input", "").count)
            try await client.type(text)
            try await shell.until { $0.typed.count == text.count }
            let message = Client.message("input", .string(text))
            let half = message.count / 2
            try await client.send(
                Client.frame(Client.text, Array(message[..<half]), isFinal: false)
                    + Client.frame(0, Array(message[half...]))
            )
            try await shell.until { $0.typed.count == 2 * text.count }
        }
    }

    @Test("a character in two fragments is one")
    func splitCharacter() async throws {
        for split in 1..<Self.euro.count {
            try await withSocket { client, shell in
                try await client.send(Client.frame(Client.text, Array(Self.euro[..<split]), isFinal: false))
                try await client.send(Client.frame(0, Array(Self.euro[split...])))
                try await shell.until { $0.typed == "€" }
            }
        }
    }

    // MARK: Closing

    @Test(
        "a close frame is answered in kind, and one that is wrong is told so",
        arguments: [
            ([], nil), ([0x03, 0xE8], 1000), ([0x03, 0xE9], 1001), ([0x0B, 0xB8], 3000), ([0x13, 0x87], 4999),
            ([0x03, 0xE8, 0x62, 0x79, 0x65], 1000), ([0x03], 1002), ([0x03, 0xED], 1002), ([0x03, 0xE7], 1002),
            ([0x03, 0xEE], 1002), ([0x03, 0xF7], 1002), ([0x07, 0xD0], 1002), ([0x13, 0x88], 1002), ([0, 0], 1002),
            ([0xFF, 0xFF], 1002), ([0x03, 0xE8, 0xFF], 1007),
        ] as [([UInt8], Int?)]
    )
    func closing(payload: [UInt8], code: Int?) async throws {
        try await withSocket { client, shell in
            try await client.send(Client.frame(Client.close, payload))
            let closing = try #require(try await client.closing())
            #expect(closing.code == code)
            try await shell.until { $0.isClosed }
        }
    }

    @Test("nothing that follows a close frame is looked at")
    func afterClose() async throws {
        try await withSocket { client, shell in
            try await client.send(
                Client.frame(Client.close, [0x03, 0xE8]) + Client.frame(Client.text, Client.message("input", "late"))
                    + Client.frame(Client.ping, [1]) + Client.frame(15, [])
            )
            #expect(try await client.closing()?.code == 1000)
            try await shell.until { $0.isClosed }
            #expect(shell.typed.isEmpty)
        }
    }

    @Test("when the shell exits what it printed is shown, then the connection is closed with 1000")
    func exit() async throws {
        try await withSocket { client, shell in
            for n in 0..<100 { shell.print(Array("line \(n)\n".utf8)) }
            shell.say(.exited(.init(exitCode: 7), resume: "t:9"))
            for n in 0..<100 { #expect(try await client.message()?.data == "line \(n)\n") }
            let closing = try #require(try await client.closing())
            #expect(closing == (1000, "shell exited"))
        }
    }

    @Test("a browser that closes its side, or goes without a word, leaves no shell", arguments: [true, false])
    func vanishing(halfClosed: Bool) async throws {
        try await withSocket { client, shell in
            try await client.type("x")
            try await shell.until { $0.typed == "x" }
            guard halfClosed else { return }
            client.connection.finishSending()
            while try await client.next() != nil {}
            try await shell.until { $0.isClosed }
        }
    }

    @Test("a browser that answers no pings is gone after two")
    func silence() async throws {
        try await withSocket(ping: .milliseconds(30)) { client, shell in
            var pings = 0
            while let frame = try await client.next() {
                if frame.opcode == Client.ping { pings += 1 }
                if frame.opcode == Client.close { #expect(frame.close.code == 1011) }
            }
            #expect(pings == 2)
            try await shell.until { $0.isClosed }
        }
    }

    @Test("a browser that answers stays, though nothing else happens")
    func answeredPings() async throws {
        try await withSocket(ping: .milliseconds(20)) { client, shell in
            for _ in 0..<8 {
                let frame = try #require(try await client.next())
                try #require(frame.opcode == Client.ping)
                try await client.send(Client.frame(Client.pong, frame.payload))
            }
            #expect(!shell.isClosed)
        }
    }

    @Test("a shell that takes no input holds the browser back, and costs it nothing")
    func deafShell() async throws {
        try await withSocket(ping: .milliseconds(20)) { client, shell in
            shell.setDeaf(true)
            for _ in 0..<50 { try await client.type("x") }
            for _ in 0..<5 { shell.print(Array("y".utf8)) }
            for _ in 0..<5 { #expect(try await client.message()?.data == "y") }
            shell.setDeaf(false)
            try await shell.until { $0.typed.count == 50 }
        }
    }

    @Test("output is read only as fast as the browser takes it")
    func stalledBrowser() async throws {
        try await withSocket(receiveBuffer: 8 << 10) { client, shell in
            let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 4096)
            for _ in 0..<4000 { shell.print(piece) }
            // It stops somewhere, and stays there.
            var last = -1
            while shell.pulls != last {
                last = shell.pulls
                try await Task.sleep(for: .milliseconds(200))  // ok: that nothing more is read has no event
            }
            #expect(last < 2000, "\(last) pieces of 4 KiB were read for a browser that takes none")
            var count = 0
            while count < 4000, try await client.message() != nil { count += 1 }
            #expect(count == 4000)
        }
    }

    @Test("what is no longer kept is said in the output")
    func gap() async throws {
        try await withSocket { client, shell in
            shell.say(.gap(reason: "overrun", from: "t:0", to: "t:9"))
            let message = try #require(try await client.message())
            #expect(message.type == "output" && message.data.contains("skipped"))
        }
    }

    @Test("a shell that does not open is told before the connection is closed with 1011")
    func noShell() async throws {
        try await TestGateway.run { gateway in
            gateway.streams.shells.fail(Fault(.upstreamFailed, "No shell today."))
            try await gateway.socket { client in
                let message = try await client.message()
                #expect(message?.type == "error" && message?.data == "No shell today.")
                #expect(try await client.closing()?.code == 1011)
            }
        }
    }

    @Test("when the daemon stops browsers are told to go away, and shells are closed")
    func shutdown() async throws {
        let streams = ToyStreams()
        let service = try await GatewayService.bind(
            GatewayConfiguration(endpoint: .bind(host: "127.0.0.1", port: 0)),
            table: OperationTable(logger: .init(label: "test")) { _, _, _ in },
            streams: streams,
            peers: TestGateway.Everyone(),
            operations: toyOperations,
            logger: .init(label: "test")
        )
        let group = ServiceGroup(services: [service], logger: .init(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(service.address.port)
            try await RawConnection.with(port: port) { silent in
                try await TestGateway.socket(port: port) { client in
                    let shell = try await streams.shells.shell()
                    try await client.type("x")
                    try await shell.until { $0.typed == "x" }
                    await group.triggerGracefulShutdown()
                    #expect(try await client.closing()?.code == 1001)
                    try await shell.until { $0.isClosed }
                }
                #expect(try await silent.rest().isEmpty, "a connection that never spoke does not hold the daemon up")
            }
            try await tasks.waitForAll()
        }
    }
}
