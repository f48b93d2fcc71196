import Foundation
import HTTPTypes
import JSONText
import OctobotAPI
import OctobotTestSupport
import Testing

/// What the gateway of the built daemon does not serve, on every route (design.md §8).
@Suite("gateway refusals", .serialized, .timeLimit(.minutes(5)))
struct GatewayRefusalTests {
    @Test("Host, Origin, content type and size are checked on every route, and nothing changes")
    func everyRoute() async throws {
        try await withDaemon { daemon in
            let url = try await daemon.gateway()
            let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
            let browser = Browser(base: url)
            let peer = try daemon.connect()
            _ = try await peer.call("preference.set", ["key": "a", "value": "b"])
            let before = try await peer.call("preference.list")
            let bindings = Operations.all.flatMap(\.http)
            try #require(bindings.count > 30)
            for binding in bindings {
                let path = binding.path.replacing("{projectId}", with: "local").replacing(/\{[A-Za-z]+\}/, with: "a")
                let method = binding.method.rawValue
                let foreignHost = try await browser.send(method, path, fields: [("Host", "evil.example")])
                #expect(
                    foreignHost.status == 403 || foreignHost.status == 421,
                    "\(method) \(path): \(foreignHost.status)"
                )
                let body: JSONValue? = method == "GET" || method == "DELETE" ? nil : ["value": "x"]
                if method != "GET" {
                    let foreign = try await browser.send(
                        method,
                        path,
                        body,
                        fields: [("Origin", "https://evil.example")]
                    )
                    #expect(foreign.status == 403, "\(method) \(path): \(foreign.status)")
                }
                guard body != nil, case .json = binding.body else { continue }
                let untyped = try await browser.send(
                    method,
                    path,
                    fields: [("Content-Type", "text/plain")],
                    raw: Array(#"{"value":"x"}"#.utf8)
                )
                #expect(untyped.status == 415, "\(method) \(path): \(untyped.status)")
                // Only announced: nobody has to send what will not be read.
                let socket = try LineSocket(port: port)
                try socket.write(
                    "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json\r\n"
                        + "Content-Length: \((16 << 20) + 1)\r\n\r\n"
                )
                var lines = socket.lines.makeAsyncIterator()
                let large = String(decoding: await lines.next() ?? [], as: UTF8.self)
                #expect(large.hasPrefix("HTTP/1.1 413"), "\(method) \(path): \(large)")
                let broken = try await browser.send(
                    method,
                    path,
                    fields: [("Content-Type", "application/json")],
                    raw: Array(#"{"a":1,"a":2}"#.utf8)
                )
                #expect(broken.status == 400, "\(method) \(path): \(broken.status)")
            }
            #expect(try await peer.call("preference.list") == before)
            #expect(try await browser.send("GET", "/api/nowhere").status == 404)
            let wrongMethod = try await browser.send("DELETE", "/api/status")
            #expect(wrongMethod.status == 405 && wrongMethod.fields["allow"]?.contains("GET") == true)
        }
    }

    @Test("the daemon listens on loopback and nowhere else")
    func loopbackOnly() async throws {
        try await withDaemon { daemon in
            _ = try await daemon.gateway()
            let pid = try #require(await daemon.pid)
            let table = try await Command.output("/usr/bin/env", ["ss", "-Hltnp"])
            let ours = table.split(separator: "\n").filter { $0.contains("pid=\(pid),") }
            #expect(ours.count == 1, "\(table)")
            for line in ours { #expect(line.contains("127.0.0.1:"), "\(line)") }
        }
    }

    @Test("the chat stream resumes at Last-Event-ID")
    func resume() async throws {
        try await withDaemon { daemon in
            let browser = Browser(base: try await daemon.gateway())
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.session(of: repository)
            let id = try #require(session["id"]?.stringValue)
            let prompt: JSONValue = [
                "id": .string(id),
                "messages": [["id": "m", "role": "user", "parts": [["type": "text", "text": "/slow 12 100"]]]],
            ]
            var seen: [Browser.Frame] = []
            try await browser.stream("POST", "/api/projects/local/chat", prompt) { frame in
                seen.append(frame)
                return seen.count < 6
            }
            let conflict = try await browser.send("POST", "/api/projects/local/chat", prompt)
            #expect(conflict.status == 200 || conflict.status == 409)
            await daemon.kill()
            try await daemon.start()
            let again = Browser(base: try await daemon.gateway())
            let cursor = try #require(seen.last?.id)
            try await again.stream(
                "GET",
                "/api/projects/local/chat/\(id)/stream",
                fields: [("Last-Event-ID", cursor)]
            ) { frame in
                seen.append(frame)
                return true
            }
            #expect(seen.last?.data == "[DONE]")
            var read = ""
            for frame in seen where frame.json["type"] == "text-delta" {
                read += frame.json["delta"]?.stringValue ?? ""
            }
            for step in 1...12 {
                #expect(read.ranges(of: "slow \(step) of 12\n").count == 1, "\(read)")
            }
            #expect(Set(seen.compactMap(\.id)).count == seen.count - 1)
            let idle = try await again.send("GET", "/api/projects/local/chat/\(id)/stream")
            #expect(idle.status == 204)
        }
    }
}
