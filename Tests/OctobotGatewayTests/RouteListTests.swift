import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices
import Testing

/// What is public and asked for by browsers before anything else (rest-api.md §2, §3).
@Suite("Routes about the gateway itself", .timeLimit(.minutes(1)))
struct RouteListTests {
    private static let hostile = RouteInfo(
        method: "GET",
        path: "/<script>alert(1)</script>",
        group: "A & \"B\"",
        description: "<img src=x onerror=alert(1)>",
        params: [RouteInfo.Parameter(name: "'n'", place: .query, example: "</td><script>")],
        body: ["a": "</code>"]
    )

    private func withGateway(_ body: @Sendable (TestGateway) async throws -> Void) async throws {
        try await TestGateway.run(
            operations: [
                AnyOperation(SystemRoutes.self), AnyOperation(SystemServerConfig.self), AnyOperation(AuthMe.self),
                AnyOperation(AuthLogout.self),
            ],
            register: { table, calls in
                table.register(SystemRoutes.self) { _, _ in Page(items: [Self.hostile, .example]) }
                table.register(SystemServerConfig.self) { _, _ in SystemServerConfig.exampleResult }
                table.register(AuthMe.self) { _, call in
                    User(id: call.principal.userID, email: "anonymous@local", name: call.principal.name)
                }
                table.register(AuthLogout.self) { _, _ in
                    calls.add(AuthLogout.name)
                    return Empty()
                }
            },
            body
        )
    }

    @Test("the routes are a bare array")
    func routes() async throws {
        try await withGateway { gateway in
            let answer = try await gateway.request("GET", "/api/routes")
            #expect(answer.status == 200 && answer["content-type"] == "application/json")
            let routes = try #require(try JSONValue(parsing: Array(answer.body.utf8)).arrayValue)
            #expect(routes.count == 2)
            #expect(routes[1]["params"]?[0]?["in"] == "path")
        }
    }

    @Test("the page has no script, nothing from elsewhere, and lets only its own style through")
    func page() async throws {
        try await withGateway { gateway in
            let answer = try await gateway.request("GET", "/api/ui")
            #expect(answer.status == 200 && answer["content-type"] == "text/html; charset=utf-8")
            let policy = try #require(answer["content-security-policy"])
            let nonce = try #require(policy.firstMatch(of: /'nonce-([0-9a-f]{32})'/)).1
            #expect(
                policy == "default-src 'none'; style-src 'nonce-\(nonce)'; base-uri 'none'; form-action 'none'; "
                    + "frame-ancestors 'none'"
            )
            #expect(answer.body.contains("<style nonce=\"\(nonce)\">"))
            #expect(
                answer.body.contains("/api/preferences/{key}")
                    && answer.body.contains("{&quot;value&quot;:&quot;vscode&quot;}")
            )
            #expect(answer.body.contains("<h2>A &amp; &quot;B&quot;</h2>") && answer.body.contains("&#39;n&#39;"))
            for forbidden in ["<script", "<img", "</code>\"", "src=\"", "http:", "https:", "onload", " style="] {
                #expect(!answer.body.contains(forbidden), "\(forbidden)")
            }
            let again = try await gateway.request("GET", "/api/ui")
            #expect(again["content-security-policy"] != policy)
            #expect(try await gateway.request("HEAD", "/api/ui").status == 200)
        }
    }

    @Test("clients that start are told ports and person, and can always log out")
    func start() async throws {
        try await withGateway { gateway in
            #expect(try await gateway.request("GET", "/api/server-config").body == #"{"ssh_port":0}"# + "\n")
            let me = try JSONValue(parsing: Array(try await gateway.request("GET", "/auth/me").body.utf8))
            #expect(me["provider"] == "" && me["email"] == "anonymous@local" && me["avatarUrl"] == nil)
            for body in [nil, "{}", "not JSON"] {
                let answer = try await gateway.request("POST", "/auth/logout", body: body)
                #expect(answer.status == 200 && answer.body == #"{"success":true}"# + "\n")
            }
            let foreign = try await gateway.request(
                "POST",
                "/auth/logout",
                fields: ["Origin": "https://evil.example"],
                body: "{}"
            )
            #expect(foreign.status == 403)
            #expect(gateway.calls.all.count == 3)
        }
    }
}
