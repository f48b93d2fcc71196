import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// Files of a session over the gateway, as the stock client asks for them (rest-api.md §13).
@Suite("files of a sandbox", .serialized, .timeLimit(.minutes(5)))
struct FileTests {
    @Test("written, listed, read, renamed and deleted over REST, in the shapes of the contract")
    func roundTrip() async throws {
        try await withFiles { files in
            let written = try await files.write("notes/für dich & #1.txt", "zwölf\n")
            #expect(written.status == 200, "\(written.text)")
            #expect(written.json["path"] == "notes/für dich & #1.txt" && written.json["size"] == 7)
            let root = try await files.get("")
            #expect(root.json["path"] == ".")
            let names = root.json["entries"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
            #expect(names == ["notes", "plants.txt", "tool.sh"])
            #expect(root.json["entries"]?[0]?["type"] == "directory" && root.json["entries"]?[1]?["size"] == 15)
            let hidden = try await files.get("?hidden=true")
            #expect(hidden.json["entries"]?.arrayValue?.contains { $0["name"] == ".git" } == true)
            let read = try await files.get("/read?path=notes%2Ff%C3%BCr%20dich%20%26%20%231.txt")
            #expect(read.json["content"] == "zwölf\n" && read.json["encoding"] == "utf8" && read.json["size"] == 7)
            let renamed = try await files.post(
                "/rename",
                ["oldPath": "notes/für dich & #1.txt", "newPath": "deep/er/file"]
            )
            #expect(renamed.json == ["oldPath": "notes/für dich & #1.txt", "newPath": "deep/er/file"])
            #expect(try await files.get("/read?path=notes%2Ff%C3%BCr%20dich%20%26%20%231.txt").status == 404)
            #expect(try await files.get("/read?path=deep/er/file").json["content"] == "zwölf\n")
            let deleted = try await files.post("/delete", ["path": "deep"])
            #expect(deleted.json == ["path": "deep", "type": "directory"])
            #expect(try await files.get("?path=deep").status == 404)
        }
    }

    @Test("bytes that are no text survive both ways, large files are read in parts")
    func bytes() async throws {
        try await withFiles { files in
            let noise = Data((0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
            let body: JSONValue = [
                "path": "noise", "content": .string(noise.base64EncodedString()), "encoding": "base64",
            ]
            let written = try await files.browser.send("PUT", files.path + "/write", body)
            #expect(written.status == 200 && written.json["size"] == 70_000, "\(written.text)")
            let read = try await files.get("/read?path=noise")
            #expect(read.json["encoding"] == "base64")
            #expect(read.json["content"]?.stringValue.flatMap { Data(base64Encoded: $0) } == noise)

            let large = String(repeating: "0123456789abcdef", count: 11 << 16)
            #expect(try await files.write("large", large).status == 200)
            let whole = try await files.get("/read?path=large")
            #expect(whole.status == 413 && whole.json["hint"]?.stringValue?.contains("offset") == true, "\(whole.text)")
            let part = try await files.get("/read?path=large&offset=\((11 << 20) - 4)&length=100")
            #expect(part.json["content"] == "cdef" && part.json["size"]?.integerValue == 11 << 20, "\(part.text)")
        }
    }

    @Test("a write that is late is a conflict with what is there, and changes nothing")
    func conflict() async throws {
        try await withFiles { files in
            let late = try await files.write("plants.txt", "mine", ["originalContent": "carrots\n"])
            #expect(late.status == 409, "\(late.text)")
            #expect(late.json["error"] == "conflict" && late.json["message"]?.stringValue?.isEmpty == false)
            #expect(late.json["currentContent"] == "tomatoes\nbeans\n")
            let fresh = try await files.write("plants.txt", "mine", ["originalContent": "tomatoes\nbeans\n"])
            let version = try #require(fresh.json["version"])
            #expect(try await files.write("plants.txt", "more", ["version": version]).status == 200)
            #expect(try await files.write("plants.txt", "late", ["version": version]).status == 409)
            #expect(try await files.write("plants.txt", "new", ["version": ""]).status == 409)
            #expect(try await files.write("fresh.txt", "new", ["version": ""]).status == 200)
            #expect(try await files.get("/read?path=plants.txt").json["content"] == "more")
        }
    }

    @Test("what leaves the workspace, is missing or is of the wrong kind has the status of the contract")
    func refusals() async throws {
        try await withFiles { files in
            for path in ["../x", "/etc/passwd", "a/../../x", "..%2F..%2Fetc%2Fpasswd", "%00"] {
                let answer = try await files.get("/read?path=" + path)
                #expect(answer.status == 400, "\(path): \(answer.text)")
            }
            #expect(try await files.get("/read?path=missing").status == 404)
            #expect(try await files.get("/read?path=.git").status == 400)
            #expect(try await files.get("?path=plants.txt").status == 400)
            #expect(try await files.post("/delete", ["path": "."]).status == 400)
            #expect(try await files.post("/delete", ["path": "missing"]).status == 404)
            #expect(try await files.post("/rename", ["oldPath": "missing", "newPath": "x"]).status == 404)
            #expect(try await files.browser.send("PUT", files.path + "/write", ["path": "x"]).status == 400)
            let other = files.path.replacing(files.session, with: "nobody")
            #expect(try await files.browser.send("GET", other).status == 404)
        }
    }

    @Test("the base of a stopped session is read without waking it; anything else wakes it")
    func base() async throws {
        try await withFiles { files in
            _ = try await files.write("plants.txt", "changed")
            let peer = try files.daemon.connect()
            _ = try await peer.call("session.stop", ["sessionId": .string(files.session)])
            let base = try await files.get("/read?path=plants.txt&fromBase=true")
            #expect(
                base.json == [
                    "path": "plants.txt", "content": "tomatoes\nbeans\n", "encoding": "utf8", "size": 15,
                ]
            )
            #expect(try await files.get("/read?path=missing&fromBase=true").status == 404)
            #expect(try await files.get("/read?path=../x&fromBase=true").status == 400)
            let stats = try await peer.call("session.stats", ["sessionId": .string(files.session)])
            #expect(stats["state"] == "stopped" && stats["memoryBytes"] == nil)
            #expect(try await files.get("/read?path=plants.txt").json["content"] == "changed")
            let running = try await peer.call("session.stats", ["sessionId": .string(files.session)])
            #expect(running["state"] == "ready" && (running["memoryBytes"]?.integerValue ?? 0) > 1 << 20)
            #expect((running["processes"]?.integerValue ?? 0) >= 1 && running["terminals"] == 0)
        }
    }

    @Test("caches are listed and deleted")
    func caches() async throws {
        try await withFiles { files in
            let list = try await files.browser.send("GET", "/api/projects/local/cache")
            let volume = try #require(list.json["volumes"]?[0], "\(list.text)")
            #expect(volume["Name"] == "octobot-cache-local" && volume["Labels"]?["octobot.type"] == "cache")
            let used = try await files.browser.send("DELETE", "/api/projects/local/cache")
            #expect(used.status == 409 && used.json["details"]?["reason"] == "sandbox.inUse", "\(used.text)")
            _ = try await files.daemon.connect().call("session.stop", ["sessionId": .string(files.session)])
            let deleted = try await files.browser.send("DELETE", "/api/projects/local/cache")
            #expect(deleted.json == ["success": true], "\(deleted.text)")
            let none = try await files.browser.send("GET", "/api/projects/local/cache")
            #expect(none.json == ["volumes": []], "\(none.text)")
        }
    }
}

/// The files of one session, over the gateway.
struct SessionFiles: Sendable {
    let daemon: TestDaemon
    let browser: Browser
    let session: String

    var path: String { "/api/projects/local/sessions/\(session)/files" }

    func get(_ rest: String) async throws -> Browser.Answer { try await browser.send("GET", path + rest) }

    func post(_ rest: String, _ body: JSONValue) async throws -> Browser.Answer {
        try await browser.send("POST", path + rest, body)
    }

    func write(
        _ name: String,
        _ content: String,
        _ more: [String: JSONValue] = [:]
    ) async throws -> Browser.Answer {
        let body: [String: JSONValue] = ["path": .string(name), "content": .string(content)]
        return try await browser.send("PUT", path + "/write", .object(body.merging(more) { $1 }))
    }
}

/// Runs `body` with a session whose sandbox runs.
func withFiles(_ body: (SessionFiles) async throws -> Void) async throws {
    try await withDaemon { daemon in
        let repository = try await ScratchRepository(in: daemon.folder)
        let session = try await daemon.connect().session(of: repository)
        let id = try #require(session["id"]?.stringValue)
        let browser = Browser(base: try await daemon.gateway())
        try await body(SessionFiles(daemon: daemon, browser: browser, session: id))
    }
}
