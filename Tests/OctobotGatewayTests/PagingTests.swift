import JSONText
import Testing

/// Lists over REST: whole by default, in pages for those who ask.
@Suite("Pages of REST lists", .timeLimit(.minutes(1)))
struct PagingTests {
    private func json(_ answer: RawConnection.Answer) throws -> JSONValue {
        try JSONValue(parsing: Array(answer.body.utf8))
    }

    @Test("a page has its items, the cursor of the next and a link to it")
    func object() async throws {
        try await TestGateway.run { gateway in
            let first = try await gateway.request("GET", "/api/projects/local/things?limit=1")
            #expect(try json(first) == ["things": [["thingId": "a"]], "nextCursor": "next"])
            #expect(first["link"] == #"<?limit=1&cursor=next>; rel="next""#)
            let last = try await gateway.request("GET", "/api/projects/local/things?limit=1&cursor=next")
            #expect(try json(last) == ["things": [["thingId": "b"]]])
            #expect(last["link"] == nil)
        }
    }

    @Test("a bare array stays one; its link keeps what else was asked")
    func array() async throws {
        try await TestGateway.run { gateway in
            let first = try await gateway.request("GET", "/api/projects/local/things/special?limit=1&x=a%26b%20c")
            #expect(try json(first) == [["thingId": "a"]])
            #expect(first["link"] == #"<?limit=1&x=a%26b%20c&cursor=next>; rel="next""#)
        }
    }

    @Test("a limit that is none is refused", arguments: ["0", "501", "", "+5", "05", "5.0", "five", "1&limit=2"])
    func refused(limit: String) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.request("GET", "/api/projects/local/things?limit=\(limit)")
            #expect(answer.status == 400)
            #expect(try json(answer)["details"]?["pointer"] == "/limit")
        }
    }

    @Test("an idempotency key that cannot be kept is refused rather than ignored", arguments: [128, 129])
    func idempotencyKey(length: Int) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.request(
                "POST",
                "/api/projects/local/things",
                fields: ["Idempotency-Key": String(repeating: "k", count: length)],
                body: "{}"
            )
            #expect(answer.status == (length == 128 ? 201 : 400))
        }
    }
}
