import JSONText
import OctobotModel
import Testing

@Suite("REST routes", .timeLimit(.minutes(1)))
struct RESTTests {
    @Test("path and query become params of their declared types")
    func translation() async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.request("GET", "/api/projects/local/things/a%2Fb?size=5&isLoud=true&other=1")
            #expect(answer.status == 200)
            #expect(
                answer.body
                    == #"{"isLoud":true,"projectId":"local","size":5,"thingId":"a/b"}"# + "\n"
            )
            #expect(answer["content-type"] == "application/json")
        }
    }

    @Test("a body becomes params; path wins, null is absent, empty text is dropped where declared, defaults fill in")
    func bodies() async throws {
        try await TestGateway.run { gateway in
            let created = try await gateway.request(
                "POST",
                "/api/projects/local/things",
                body: #"{"title":"x","projectId":"evil","unknown":[1],"size":null}"#
            )
            #expect(created.status == 201)
            #expect(created.body == #"{"projectId":"local","title":"x"}"# + "\n")
            let put = try await gateway.request("PUT", "/api/projects/local/things/t", body: #"{"title":""}"#)
            #expect(put.body == #"{"projectId":"local","size":7,"thingId":"t"}"# + "\n")
        }
    }

    @Test("an answer that an earlier request got says so in a field", arguments: [("new", nil), ("known", "true")])
    func replayed(key: String, field: String?) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.request(
                "POST",
                "/api/projects/local/things",
                fields: ["Idempotency-Key": key],
                body: #"{"title":"x"}"#
            )
            #expect(answer.status == 201)
            #expect(answer["idempotency-replayed"] == field)
            #expect(answer.body == #"{"projectId":"local","title":"x"}"# + "\n")
        }
    }

    @Test(
        "bad bodies are refused before the service is asked",
        arguments: [
            "", "{", "[]", "7", #"{"size":"5"}"#, #"{"Title":"x"}"#, #"{"title":"a"} x"#, #"{"title":"a","title":"b"}"#,
            #"{"title":"\#(String(repeating: "x", count: 101))"}"#,
        ]
    )
    func badBodies(body: String) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.request("POST", "/api/projects/local/things", body: body)
            #expect(answer.status == 400)
            let value = try JSONValue(parsing: Array(answer.body.utf8))
            #expect(value["error"]?.stringValue != nil)
            #expect(value["requestId"]?.stringValue == answer["x-request-id"])
            #expect(gateway.calls.all.isEmpty)
        }
    }

    @Test("lists have all pages, as an object or a bare array; deletes say success")
    func shapes() async throws {
        try await TestGateway.run { gateway in
            let list = try await gateway.request("GET", "/api/projects/local/things")
            #expect(list.body == #"{"things":[{"thingId":"a"},{"thingId":"b"}]}"# + "\n")
            let array = try await gateway.request("GET", "/api/projects/local/things/special")
            #expect(array.body == #"[{"thingId":"a"},{"thingId":"b"}]"# + "\n")
            let deleted = try await gateway.request("DELETE", "/api/projects/local/things/a?isLoud=false")
            #expect(deleted.body == #"{"success":true}"# + "\n")
            let bad = try await gateway.request("DELETE", "/api/projects/local/things/a?isLoud=maybe")
            #expect(bad.status == 400)
        }
    }

    @Test("faults keep their status and their type")
    func faults() async throws {
        try await TestGateway.run { gateway in
            let missing = try await gateway.request("GET", "/api/projects/local/things/missing")
            #expect(missing.status == 404)
            #expect(try JSONValue(parsing: Array(missing.body.utf8))["code"] == "NotFound")
            let foreign = try await gateway.request("GET", "/api/projects/foreign/things/a")
            #expect(foreign.status == 403)
        }
    }

    @Test(
        "unknown paths are 404 JSON, wrong methods 405 with Allow, empty segments 400",
        arguments: [
            ("GET", "/nowhere", 404, nil), ("GET", "/api/projects/local/things/", 404, nil),
            ("GET", "/api/projects/local/things/a/", 404, nil), ("GET", "/api/projects//things/a", 400, nil),
            ("PATCH", "/api/projects/local/things/a", 405, "DELETE, GET, HEAD, OPTIONS, PUT"),
            ("DELETE", "/", 405, "GET, HEAD"), ("GET", "/api/projects/local/things/%zz", 400, nil),
            ("GET", "/api/projects/local/things/%00", 400, nil), ("GET", "/api/projects/local/things/%ff", 400, nil),
            ("REPORT", "/api/projects/local/things/a", 405, "DELETE, GET, HEAD, OPTIONS, PUT"),
        ]
    )
    func routing(method: String, path: String, status: Int, allow: String?) async throws {
        try await TestGateway.run { gateway in
            let answer = try await gateway.request(method, path)
            #expect(answer.status == status)
            #expect(answer["allow"] == allow)
            #expect(try JSONValue(parsing: Array(answer.body.utf8))["error"]?.stringValue != nil)
            #expect(gateway.calls.all.isEmpty)
        }
    }

    @Test("HEAD is GET without the body, and the connection goes on")
    func head() async throws {
        try await TestGateway.run { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                try await connection.send(gateway.text("HEAD", "/api/projects/local/things/a"))
                let head = try await connection.answer(hasBody: false)
                #expect(head.status == 200)
                #expect(head["content-length"] == "36")
                try await connection.send(gateway.text("HEAD", "/api/projects/local/events"))
                let stream = try await connection.answer(hasBody: false)
                #expect(stream.status == 200)
                #expect(stream["content-type"] == "text/event-stream")
                try await connection.send(gateway.text("GET", "/api/projects/local/things/a"))
                #expect(try await connection.answer().status == 200)
            }
        }
    }

    @Test("every answer has a request id, a date and the security fields; a sane id of the client is kept")
    func fields() async throws {
        try await TestGateway.run { gateway in
            for path in ["/", "/nowhere", "/api/projects/local/things/a"] {
                let answer = try await gateway.request("GET", path)
                #expect(answer["x-request-id"]?.count == 16)
                #expect(answer["x-content-type-options"] == "nosniff")
                #expect(answer["cache-control"] == "no-store")
                #expect(answer["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'")
                #expect(answer["referrer-policy"] == "no-referrer")
                #expect(answer["x-frame-options"] == "DENY")
                #expect(answer["date"]?.hasSuffix(" GMT") == true)
            }
            let kept = try await gateway.request("GET", "/", fields: ["X-Request-Id": "trace-7"])
            #expect(kept["x-request-id"] == "trace-7")
            let replaced = try await gateway.request("GET", "/", fields: ["X-Request-Id": "a b"])
            #expect(replaced["x-request-id"] != "a b")
        }
    }

    @Test("requests in one packet are answered in their order")
    func pipelining() async throws {
        try await TestGateway.run { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                let requests = (1...20).map { gateway.text("GET", "/api/projects/local/things/\($0)") }
                try await connection.send(requests.joined())
                for number in 1...20 {
                    #expect(try await connection.answer().body.contains(#""thingId":"\#(number)""#))
                }
            }
        }
    }

    @Test("a request split at every byte means the same")
    func split() async throws {
        try await TestGateway.run { gateway in
            try await RawConnection.with(port: gateway.port) { connection in
                let text = gateway.text("POST", "/api/projects/local/things", body: #"{"title":"x"}"#)
                for byte in text.utf8 { try await connection.send([byte]) }
                let answer = try await connection.answer()
                #expect(answer.status == 201)
            }
        }
    }
}
