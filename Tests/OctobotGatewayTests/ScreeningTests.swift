import HTTPTypes
import JSONText
import OctobotAPI
import OctobotGateway
import OctobotModel
import OctobotServer
import OctobotServices
import Testing

@Suite("What no request may do", .timeLimit(.minutes(2)))
struct ScreeningTests {
    /// One request to each route of the declarations.
    private static let routes: [(method: String, path: String, isStream: Bool)] = Operations.all.flatMap { operation in
        operation.http.map { binding in
            let path = binding.path.split(separator: "/").map { $0.hasPrefix("{") ? "x1" : String($0) }
            return (binding.method.rawValue, "/" + path.joined(separator: "/"), operation.stream != nil)
        }
    }

    /// Every declared operation bound to its example, so that a call that gets through is seen.
    private static func registerAll(_ table: OperationTable, _ calls: TestGateway.CallRecord) {
        func bind<Declaration: OctobotAPI.Operation>(_ declaration: Declaration.Type) {
            table.register(declaration) { _, _ in
                calls.add(declaration.name)
                return declaration.exampleResult
            }
        }
        for operation in Operations.all { bind(operation.declaration) }
    }

    private func refused(
        _ fields: [String: String],
        _ status: Int,
        where isMeant: @escaping @Sendable (_ method: String, _ isStream: Bool) -> Bool = { _, _ in true }
    ) async throws {
        try await TestGateway.run(operations: Operations.all, register: Self.registerAll) { gateway in
            for route in Self.routes where isMeant(route.method, route.isStream) {
                for method in route.method == "GET" ? ["GET", "HEAD"] : [route.method] {
                    let body = method == "GET" || method == "HEAD" ? nil : "{}"
                    let answer = try await gateway.request(method, route.path, fields: fields, body: body)
                    #expect(answer.status == status, "\(method) \(route.path)")
                    if method != "HEAD" {
                        let value = try JSONValue(parsing: Array(answer.body.utf8))
                        #expect(value["error"]?.stringValue != nil)
                        #expect(value["requestId"]?.stringValue == answer["x-request-id"])
                    }
                }
            }
            #expect(gateway.calls.all.isEmpty)
            #expect(gateway.streams.starts.isEmpty)
        }
    }

    @Test(
        "a foreign Host is 421 on every route",
        arguments: ["evil.example", "127.0.0.1:1", "localhost", "[::1]", "127.0.0.1.evil.example:3001", "0.0.0.0:3001"]
    )
    func host(host: String) async throws { try await refused(["Host": host], 421) }

    @Test("no Host is 400 on every route")
    func noHost() async throws { try await refused(["Host": ""], 400) }

    @Test(
        "a foreign Origin is 403 wherever something changes or streams",
        arguments: ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1"]
    )
    func origin(origin: String) async throws {
        try await refused(["Origin": origin], 403) { method, isStream in method != "GET" || isStream }
    }

    @Test("a page of another site is refused everywhere, of another port wherever something changes")
    func fetchSite() async throws {
        try await refused(["Sec-Fetch-Site": "cross-site"], 403)
        try await refused(["Sec-Fetch-Site": "same-site"], 403) { method, isStream in method != "GET" || isStream }
    }

    @Test(
        "a body that does not say it is JSON is 415 on every route",
        arguments: [
            "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "application/jsonp",
        ]
    )
    func contentType(type: String) async throws {
        try await refused(["Content-Type": type], 415) { method, _ in method != "GET" }
    }

    @Test("without a content type a body is 415, and JSON with a charset is JSON")
    func contentTypes() async throws {
        try await TestGateway.run { gateway in
            let none = try await gateway.request(
                "POST",
                "/api/projects/local/things",
                fields: ["Content-Type": ""],
                body: "{}"
            )
            #expect(none.status == 415)
            for type in ["application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\""] {
                let fields = ["Content-Type": type]
                let answer = try await gateway.request("POST", "/api/projects/local/things", fields: fields, body: "{}")
                #expect(answer.status == 201)
            }
        }
    }

    @Test("the gateway's own pages and programs without an origin are served")
    func own() async throws {
        try await TestGateway.run { gateway in
            for fields in [
                ["Origin": "http://127.0.0.1:\(gateway.port)"], ["Origin": "http://LOCALHOST:\(gateway.port)"],
                ["Origin": "http://[::1]:\(gateway.port)"], ["Sec-Fetch-Site": "same-origin"],
                ["Sec-Fetch-Site": "none"], [:],
            ] {
                let answer = try await gateway.request("POST", "/api/projects/local/things", fields: fields, body: "{}")
                #expect(answer.status == 201)
                #expect(answer["access-control-allow-origin"] == nil)
            }
            let read = try await gateway.request(
                "GET",
                "/api/projects/local/things/a",
                fields: ["Origin": "http://evil.example"]
            )
            #expect(read.status == 200)
            #expect(read["access-control-allow-origin"] == nil)
        }
    }

    @Test("configured hosts are served with their port or the gateway's")
    func allowedHosts() async throws {
        try await TestGateway.run {
            $0.allowedHosts = ["octobot.example", "tunnel.example:8443"]
        } _: { gateway in
            for (host, status) in [
                ("octobot.example", 200), ("OCTOBOT.example:\(gateway.port)", 200), ("octobot.example:1", 421),
                ("tunnel.example:8443", 200), ("tunnel.example", 421),
            ] {
                let answer = try await gateway.request("GET", "/", fields: ["Host": host])
                #expect(answer.status == status, "\(host)")
            }
        }
    }

    @Test("granted origins get CORS fields, preflights only what is acceptable")
    func cors() async throws {
        try await TestGateway.run {
            $0.corsOrigins = ["http://*.app.example", "https://one.example"]
        } _: { gateway in
            let path = "/api/projects/local/things"
            let granted = ["Origin": "http://A.app.example", "Sec-Fetch-Site": "cross-site"]
            let post = try await gateway.request("POST", path, fields: granted, body: "{}")
            #expect(post.status == 201)
            #expect(post["access-control-allow-origin"] == "http://A.app.example")
            #expect(post["access-control-allow-credentials"] == "true")
            #expect(post["vary"] == "Origin")
            func preflight(_ origin: String, _ method: String, _ names: String) async throws -> RawConnection.Answer {
                try await gateway.request(
                    "OPTIONS",
                    path,
                    fields: [
                        "Origin": origin, "Access-Control-Request-Method": method,
                        "Access-Control-Request-Headers": names,
                    ]
                )
            }
            let good = try await preflight("https://one.example", "POST", "content-type, X-CSRF-Token")
            #expect(good.status == 200)
            #expect(good["access-control-allow-origin"] == "https://one.example")
            #expect(good["access-control-max-age"] == "300")
            for (origin, method, names) in [
                ("https://two.example", "POST", "content-type"), ("https://one.example", "TRACE", ""),
                ("https://one.example", "POST", "x-evil"), ("http://.app.example.evil", "POST", ""),
            ] {
                let bad = try await preflight(origin, method, names)
                #expect(bad.status == 200)
                #expect(bad["access-control-allow-methods"] == nil)
            }
            #expect(gateway.calls.all == ["thing.create"])
        }
    }

    @Test("OPTIONS tells the methods of a known path")
    func options() async throws {
        try await TestGateway.run { gateway in
            let known = try await gateway.request("OPTIONS", "/api/projects/local/things")
            #expect(known.status == 200)
            #expect(known["allow"] == "GET, HEAD, OPTIONS, POST")
            #expect(try await gateway.request("OPTIONS", "/nowhere").status == 404)
        }
    }

    @Test("a request that asks for an upgrade is answered as HTTP, and the connection ends")
    func upgrade() async throws {
        try await TestGateway.run { gateway in
            for (method, body) in [("GET", nil), ("POST", "{}")] {
                try await RawConnection.with(port: gateway.port) { connection in
                    let path = method == "GET" ? "/api/projects/local/things/a" : "/api/projects/local/things"
                    let fields = ["Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "x"]
                    try await connection.send(gateway.text(method, path, fields: fields, body: body))
                    let answer = try await connection.answer()
                    #expect(answer.status == (method == "GET" ? 200 : 201))
                    #expect(try await connection.rest().isEmpty)
                }
            }
            let socket = [
                "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            ]
            #expect(try await gateway.request("GET", "/api/projects/local/terminal/ws", fields: socket).status == 404)
        }
    }
}
