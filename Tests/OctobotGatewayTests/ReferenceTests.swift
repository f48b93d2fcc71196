import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer
import Testing

/// The OpenAPI document and the page made of it.
@Suite("The reference", .timeLimit(.minutes(1)))
struct ReferenceTests {
    private static let hostile: JSONValue = [
        "openapi": "3.1.0",
        "info": ["title": "<script>t</script>", "version": "\"1\"", "description": "Uses `a<b` & more."],
        "tags": [["name": "A & B"]],
        "paths": [
            "/<img src=x>": [
                "post": [
                    "tags": ["A & B"], "summary": "<b>s</b>", "description": "<i>", "x-access": "<a>",
                    "x-method": "<m>",
                    "x-faults": ["<f>"],
                    "parameters": [
                        [
                            "name": "<n>", "in": "query", "description": "<d>", "example": "</code>",
                            "schema": ["type": "integer", "minimum": 1, "maximum": 5],
                        ]
                    ],
                    "requestBody": [
                        "content": [
                            "application/json": ["schema": ["$ref": "#/components/schemas/S<"], "example": "</pre>"]
                        ]
                    ],
                    "responses": [
                        "200": [
                            "description": "<p>",
                            "content": ["<t>": ["schema": ["type": "string"], "example": ["a": "</pre><script>"]]],
                        ], "404": ["$ref": "#/components/responses/Error404"],
                    ],
                ]
            ]
        ],
        "components": [
            "schemas": [
                "S<": [
                    "type": "object", "description": "<x>", "required": ["a<"],
                    "properties": [
                        "a<": ["enum": ["<e>", ""], "description": "<y>"],
                        "b": ["oneOf": [["const": "<c>"], ["type": "array", "items": ["type": "<z>"]]]],
                    ],
                ]
            ]
        ],
    ]

    private func withGateway(_ body: @Sendable (TestGateway) async throws -> Void) async throws {
        try await TestGateway.run(
            operations: [AnyOperation(SystemOpenAPI.self)],
            register: { table, calls in
                table.register(SystemOpenAPI.self) { _, _ in
                    calls.add(SystemOpenAPI.name)
                    return OpenAPIDocument(Self.hostile)
                }
            },
            body
        )
    }

    @Test("the document is served as it is, and made once")
    func document() async throws {
        try await withGateway { gateway in
            for _ in 1...2 {
                let answer = try await gateway.request("GET", "/openapi.json")
                #expect(answer.status == 200 && answer["content-type"] == "application/json")
                #expect(try JSONValue(parsing: Array(answer.body.utf8)) == Self.hostile)
            }
            #expect(try await gateway.request("GET", "/docs").status == 200)
            #expect(gateway.calls.all == [SystemOpenAPI.name])
        }
    }

    @Test("no text of the document becomes markup, and only the page’s own style is let through")
    func page() async throws {
        try await withGateway { gateway in
            let answer = try await gateway.request("GET", "/docs")
            let policy = try #require(answer["content-security-policy"])
            let nonce = try #require(policy.firstMatch(of: /'nonce-([0-9a-f]{32})'/)).1
            #expect(answer.body.contains("<style nonce=\"\(nonce)\">"))
            #expect(policy.hasPrefix("default-src 'none'; style-src 'nonce-\(nonce)'; base-uri 'none'"))
            for forbidden in [
                "<script", "<img", "<i>", "<a>", "<m>", "<f>", "<n>", "<d>", "<t>", "<x>", "<y>", "<e>", "<c>", "<z>",
                " style=", "a<",
            ] {
                #expect(!answer.body.contains(forbidden), "\(forbidden)")
            }
            for text in [
                "integer 1–5", "optional, <code>&lt;c&gt;</code> or array of", "Uses <code>a&lt;b</code> &amp; more.",
                "<code>&lt;e&gt;</code>, <code>&quot;&quot;</code>", "href=\"#shape-S\"", "id=\"group-AB\"",
                "Errors (<a href=\"#shape-Error\">Error</a>): 404.",
            ] { #expect(answer.body.contains(text), "\(text)") }
            let again = try await gateway.request("GET", "/docs")
            #expect(again["content-security-policy"] != policy)
        }
    }
}
