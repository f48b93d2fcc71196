import JSONText
import OctobotGateway
import OctobotModel
import OctobotServer
import OctobotServices
import Testing

@Suite("What a request may be, and how long it may take", .timeLimit(.minutes(2)))
struct LimitTests {
    @Test("a body over the limit is 413 JSON, declared or chunked, and nothing is called", arguments: [false, true])
    func bodyLimit(isChunked: Bool) async throws {
        try await TestGateway.run { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                let size = 5 << 20
                var fields = ["Content-Type": "application/json"]
                fields[isChunked ? "Transfer-Encoding" : "Content-Length"] = isChunked ? "chunked" : "\(size)"
                try await connection.send(gateway.text("POST", "/api/projects/local/things", fields: fields))
                if isChunked { try await connection.send("\(String(size, radix: 16))\r\n") }
                try await connection.send([UInt8](repeating: UInt8(ascii: " "), count: size))
                if isChunked { try await connection.send("\r\n0\r\n\r\n") }
                let answer = try await connection.answer()
                #expect(answer.status == 413)
                #expect(answer["connection"] == "close")
                #expect(try JSONValue(parsing: Array(answer.body.utf8))["code"] == "RequestTooLarge")
                #expect(try await connection.rest().isEmpty)
            }
            #expect(gateway.calls.all.isEmpty)
        }
    }

    @Test("a prompt may be larger than other bodies, but not without end")
    func largeBody() async throws {
        try await TestGateway.run {
            $0.limits.largeBodyBytes = 6 << 20
        } _: { gateway in
            gateway.streams.chat.end()
            for (size, status) in [(5 << 20, 200), (7 << 20, 413)] {
                let text = String(repeating: "x", count: size)
                let body = #"{"id":"s1","messages":[{"role":"user","parts":[{"type":"text","text":"\#(text)"}]}]}"#
                let answer = try await gateway.request("POST", "/api/projects/local/chat", body: body)
                #expect(answer.status == status)
            }
            #expect(gateway.calls.all == ["chat.send"])
        }
    }

    @Test("a client that waits for permission to send its body gets it")
    func expectation() async throws {
        try await TestGateway.run { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                let fields = ["Content-Type": "application/json", "Content-Length": "2", "Expect": "100-continue"]
                try await connection.send(gateway.text("POST", "/api/projects/local/things", fields: fields))
                #expect(try await connection.answer().status == 100)
                try await connection.send("{}")
                #expect(try await connection.answer().status == 201)
            }
        }
    }

    @Test(
        "what is no request is answered with JSON, once, and the connection ends",
        arguments: [
            "garbage\r\n\r\n", "GET / HTTP/1.1\r\nHost 127.0.0.1\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}",
            "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        ]
    )
    func garbage(text: String) async throws {
        try await TestGateway.run { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(text)
                let answer = try await connection.answer()
                #expect(answer.status == 400)
                #expect(answer["x-request-id"] != nil)
                #expect(try JSONValue(parsing: Array(answer.body.utf8))["error"]?.stringValue != nil)
                #expect(try await connection.rest().isEmpty)
            }
        }
    }

    @Test("garbage behind a request is answered after it")
    func garbageBehind() async throws {
        try await TestGateway.run { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("GET", "/api/projects/local/things/a") + "garbage\r\n\r\n")
                #expect(try await connection.answer().status == 200)
                #expect(try await connection.answer().status == 400)
                #expect(try await connection.rest().isEmpty)
            }
        }
    }

    @Test("a header over 32 KiB is 431")
    func headerLimit() async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.request("GET", "/", fields: ["X-Big": String(repeating: "x", count: 40_000)])
            #expect(answer.status == 431 || answer.status == 400)
            #expect(try JSONValue(parsing: Array(answer.body.utf8))["error"]?.stringValue != nil)
        }
    }

    @Test("a silent connection, a slow first header and a slow later header are closed at the limit")
    func slowHeaders() async throws {
        try await TestGateway.run {
            $0.timeouts.header = .milliseconds(200)
        } _: { gateway in
            for text in ["", "GET / HTTP/1.1\r\nHos"] {
                try await RawConnection.with(port: gateway.port) { connection in
                    try await connection.send(text)
                    #expect(try await connection.rest().isEmpty)
                }
            }
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("GET", "/"))
                #expect(try await connection.answer().status == 200)
                try await connection.send("GET / HTT")
                #expect(try await connection.rest().isEmpty)
            }
        }
    }

    @Test("a body that does not arrive in time is 408")
    func slowBody() async throws {
        try await TestGateway.run {
            $0.timeouts.body = .milliseconds(200)
        } _: { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                let fields = ["Content-Type": "application/json", "Content-Length": "10"]
                try await connection.send(gateway.text("POST", "/api/projects/local/things", fields: fields) + "{")
                let answer = try await connection.answer()
                #expect(answer.status == 408)
                #expect(try await connection.rest().isEmpty)
            }
            #expect(gateway.calls.all.isEmpty)
        }
    }

    @Test("an idle connection is closed, one whose answer takes long is not")
    func idle() async throws {
        try await TestGateway.run {
            $0.timeouts.idle = .milliseconds(300)
        } _: { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("GET", "/"))
                #expect(try await connection.answer().status == 200)
                #expect(try await connection.rest().isEmpty)
            }
        }
    }

    @Test("an HTTP/1.0 client gets its answer and the end of the connection")
    func oldProtocol() async throws {
        try await TestGateway.run { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send("GET / HTTP/1.0\r\nHost: 127.0.0.1:\(gateway.port)\r\n\r\n")
                #expect(try await connection.rest().contains("200 OK"))
            }
        }
    }

    @Test("a target in absolute form is understood, two hosts are not")
    func targets() async throws {
        try await TestGateway.run { gateway in
            let absolute = "http://127.0.0.1:\(gateway.port)/api/projects/local/things/a"
            #expect(try await gateway.request("GET", absolute, fields: ["Host": "evil"]).status == 200)
            #expect(try await gateway.request("GET", "http://evil/api/projects/local/things/a").status == 421)
            try await RawConnection.with(port: gateway.port) { connection in
                let host = "Host: 127.0.0.1:\(gateway.port)\r\n"
                try await connection.send("GET / HTTP/1.1\r\n\(host)\(host)\r\n")
                #expect(try await connection.answer().status == 400)
            }
        }
    }

    @Test("more connections than allowed are told so")
    func connections() async throws {
        try await TestGateway.run {
            $0.limits.connections = 1
        } _: { gateway in
            try await RawConnection.with(port: gateway.port) { first in
                try await first.send(gateway.text("GET", "/"))
                #expect(try await first.answer().status == 200)
                #expect(try await gateway.request("GET", "/").status == 503)
            }
        }
    }

    @Test("a daemon that stops refuses new calls with 503")
    func shutdown() async throws {
        try await TestGateway.run { gateway in
            gateway.table.beginShutdown()
            let answer = try await gateway.request("GET", "/api/projects/local/things/a")
            #expect(answer.status == 503)
            #expect(answer["retry-after"] == "1")
            #expect(try await gateway.request("GET", "/api/projects/local/events").status == 503)
        }
    }
}
