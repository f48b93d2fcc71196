import JSONText
import NIOCore
import OctobotAPI
import OctobotModel
import Testing

@Suite("Asking for a terminal's WebSocket", .timeLimit(.minutes(1)))
struct HandshakeTests {
    @Test("it is granted as RFC 6455 says, and frames sent with the request are not lost")
    func granted() async throws {
        try await TestGateway.run { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                let frame = WebSocketClient.frame(WebSocketClient.text, WebSocketClient.message("input", "early"))
                try await connection.send(Array(gateway.handshake().utf8) + frame)
                let answer = try await connection.head()
                #expect(answer.status == 101)
                #expect(answer["upgrade"] == "websocket" && answer["connection"]?.lowercased() == "upgrade")
                #expect(answer["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                #expect(answer["sec-websocket-extensions"] == nil && answer["sec-websocket-protocol"] == nil)
                let shell = try await gateway.streams.shells.shell()
                try await shell.until { $0.typed == "early" }
            }
            #expect(gateway.calls.all.isEmpty)
        }
    }

    @Test(
        "size and user come from the query; what is no size takes the default",
        arguments: [
            ("", 24, 80, false), ("?rows=50&cols=132&root=true", 50, 132, true),
            ("?rows=0&cols=-5&root=1", 24, 80, false), ("?rows=x&cols=99999999&root=", 24, 1000, false),
            ("?rows=99999999999999999999&cols=1.5", 24, 80, false),
        ] as [(String, Int, Int, Bool)]
    )
    func query(query: String, rows: Int, cols: Int, root: Bool) async throws {
        try await TestGateway.run { gateway in
            try await gateway.socket(query) { _ in
                let params = try await gateway.streams.shells.shell().params
                #expect(params.rows == rows && params.cols == cols && params.root == root)
                #expect(params.sessionID == "s1" && params.project == "local")
            }
        }
    }

    private func refused(
        _ fields: [String: String],
        _ status: Int,
        at path: String = TestGateway.terminal,
        configure: @Sendable (ToyShells) -> Void = { _ in }
    ) async throws -> RawConnection.Answer {
        try await TestGateway.run { gateway in
            configure(gateway.streams.shells)
            let answer = try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.handshake(path, fields: fields))
                let answer = try await connection.answer()
                #expect(answer["connection"] == "close")
                #expect(try await connection.rest().isEmpty)
                return answer
            }
            #expect(answer.status == status, "\(fields) \(answer)")
            if status >= 400 {
                #expect(try JSONValue(parsing: Array(answer.body.utf8))["error"]?.stringValue?.isEmpty == false)
            }
            #expect(gateway.streams.shells.opened.isEmpty)
            return answer
        }
    }

    @Test("a page of a foreign origin is refused, one of the gateway's own and no page at all are not")
    func origins() async throws {
        for origin in ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1"] {
            _ = try await refused(["Origin": origin], 403)
        }
        _ = try await refused(["Sec-Fetch-Site": "cross-site"], 403)
        _ = try await refused(["Sec-Fetch-Site": "same-site"], 403)
        try await TestGateway.run { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(
                    gateway.handshake(fields: ["Origin": "http://127.0.0.1:\(gateway.port)"])
                )
                #expect(try await connection.head().status == 101)
            }
        }
    }

    @Test("a foreign Host, or none, is refused", arguments: [("evil.example", 421), ("", 400), ("localhost", 421)])
    func hosts(host: String, status: Int) async throws {
        _ = try await refused(["Host": host], status)
    }

    @Test("nothing is made ready for who is refused before")
    func nothingPrepared() async throws {
        try await TestGateway.run { gateway in
            for fields in [["Origin": "http://evil.example"], ["Sec-WebSocket-Version": "8"], ["Host": "evil.example"]]
            {
                try await RawConnection.with(port: gateway.port) { connection in
                    try await connection.send(gateway.handshake(fields: fields))
                    _ = try await connection.answer()
                }
            }
            #expect(gateway.streams.shells.prepared.isEmpty)
        }
    }

    @Test("another version is told which there is; a key that is none is a bad request")
    func versionAndKey() async throws {
        for version in ["8", "", "13, 8", "14"] {
            let answer = try await refused(["Sec-WebSocket-Version": version], 426)
            #expect(answer["sec-websocket-version"] == "13" && answer["upgrade"] == "websocket")
        }
        for key in [
            "", "short", "dGhlIHNhbXBsZSBub25jZQ=", "!!!!!!!!!!!!!!!!!!!!!!==", String(repeating: "A", count: 24),
        ] {
            _ = try await refused(["Sec-WebSocket-Key": key], 400)
        }
    }

    @Test("a missing session is 404, a foreign project 403, and what keeps a sandbox down is told")
    func session() async throws {
        _ = try await refused([:], 404, at: "/api/projects/local/sessions/gone/terminal/ws")
        _ = try await refused([:], 403, at: "/api/projects/foreign/sessions/s1/terminal/ws")
        _ = try await refused([:], 503) { $0.refuse(.unavailable("docker", "No engine.")) }
        _ = try await refused([:], 502) { $0.refuse(Fault(.upstreamFailed, "It does not start.")) }
    }

    @Test(
        "a request that asks for something else is an ordinary one",
        arguments: ["foo", "h2c", "websocket2", "TLS/1.0"]
    )
    func otherProtocols(name: String) async throws {
        _ = try await refused(["Upgrade": name], 426)
        _ = try await refused(
            [
                "Upgrade": name, "Sec-WebSocket-Key": "", "Sec-WebSocket-Version": "",
                "Connection": "Upgrade, HTTP2-Settings",
            ],
            400
        )
        let answer = try await refused(["Upgrade": name], 200, at: "/api/projects/local/things/t1")
        #expect(answer.body.contains("t1"))
    }

    @Test("a WebSocket asked for elsewhere is an ordinary request")
    func otherRoutes() async throws {
        #expect(try await refused([:], 200, at: "/api/projects/local/things/t1").body.contains("t1"))
        _ = try await refused([:], 404, at: "/nowhere")
    }

    @Test("without the token in Connection nothing is upgraded")
    func connectionField() async throws {
        _ = try await refused(["Connection": "keep-alive"], 426)
    }

    @Test("the route without a wish is 400; later requests of a connection cannot have it; only GET has it")
    func notAsked() async throws {
        try await TestGateway.run { gateway in
            #expect(try await gateway.request("GET", TestGateway.terminal).status == 400)
            #expect(try await gateway.request("POST", TestGateway.terminal, body: "{}").status == 405)
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("GET", "/api/projects/local/things/t1"))
                #expect(try await connection.answer().status == 200)
                try await connection.send(gateway.handshake())
                #expect(try await connection.answer().status == 426)
                #expect(try await connection.rest().isEmpty)
            }
            #expect(gateway.streams.shells.prepared.isEmpty)
        }
    }

    @Test("a browser that goes while its sandbox starts wakes nothing more", arguments: [true, false])
    func leaving(politely: Bool) async throws {
        try await TestGateway.run { gateway in
            let shells = gateway.streams.shells
            shells.stick()
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.handshake())
                try await shells.changes.wait { shells.prepared.isEmpty ? nil : true }
                if politely { connection.finishSending() }
                if politely { try await shells.changes.wait { shells.cancelled == 1 ? true : nil } }
            }
            try await shells.changes.wait { shells.cancelled == 1 ? true : nil }
            #expect(shells.opened.isEmpty)
        }
    }

    @Test("what comes while the sandbox starts is not read without bound")
    func flooding() async throws {
        try await TestGateway.run { gateway in
            let shells = gateway.streams.shells
            shells.stick()
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.handshake())
                try await shells.changes.wait { shells.prepared.isEmpty ? nil : true }
                let sent = try await withThrowingTaskGroup(of: Bool.self) { group in
                    let writer = connection.outbound
                    group.addTask {
                        for _ in 0..<64 { try await writer.write(ByteBuffer(repeating: 0x81, count: 1 << 20)) }
                        return true
                    }
                    group.addTask {
                        try await Task.sleep(for: .milliseconds(300))  // ok: what must not happen has no event
                        return false
                    }
                    defer { group.cancelAll() }
                    return try await group.next() ?? true
                }
                #expect(!sent, "64 MiB were taken")
            }
        }
    }
}
