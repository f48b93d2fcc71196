import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// Every spelling of a way out, over REST, where a path is decoded once more than over the socket.
@Suite("paths that lead out, over REST", .serialized, .timeLimit(.minutes(10)))
struct TraversalTests {
    @Test("none leaves a sandbox's workspace")
    func files() async throws {
        try await withFiles { files in
            let peer = try files.daemon.connect()
            let session = try await peer.call("session.get", ["sessionId": .string(files.session)])
            #expect(session["status"] == "ready")
            let home = files.daemon.folder.path(percentEncoded: false) + "/data/octobot/sandboxes/" + files.session
            let games = try LinkGames(in: home, root: home + "/workspace")
            // As the sandbox's own user had made them.
            let owned = try await Command.run(
                "/bin/chown",
                ["-Rh", "--reference", home + "/workspace", home + "/workspace", games.outside]
            )
            #expect(owned.status == 0, "\(owned.errors)")
            let before = try games.state()
            func holds(_ answer: Browser.Answer, _ what: String) {
                #expect((200..<500).contains(answer.status), "\(what): \(answer.status) \(answer.text)")
                #expect(!games.shows(answer.text) && !answer.text.contains(Self.canaryInBase64), "\(what)")
            }
            for query in TraversalPaths.queries {
                holds(try await files.get("/read?path=" + query), "read " + query)
                holds(try await files.get("?hidden=true&path=" + query), "list " + query)
                holds(try await files.get("/read?fromBase=true&path=" + query), "base " + query)
            }
            for path in TraversalPaths.all {
                holds(try await files.write(path, "mine"), "write " + path)
                holds(try await files.post("/rename", ["oldPath": .string(path), "newPath": "got"]), "from " + path)
                holds(try await files.get("/read?path=got"), "got " + path)
                holds(try await files.post("/rename", ["oldPath": "got", "newPath": .string(path)]), "to " + path)
                holds(try await files.post("/delete", ["path": .string(path)]), "delete " + path)
                #expect(try games.state() == before, "\(path)")
            }
        }
    }

    @Test("none leaves a working copy")
    func git() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let browser = Browser(base: try await daemon.gateway())
            let body: JSONValue = ["path": .string(repository.path)]
            let created = try await browser.send("POST", "/api/projects/local/workspaces", body)
            let workspace = try #require(created.json["id"]?.stringValue)
            let file = "/api/projects/local/workspaces/\(workspace)/git/file"
            let folder = daemon.folder.path(percentEncoded: false)
            let games = try LinkGames(
                in: folder.hasSuffix("/") ? String(folder.dropLast()) : folder,
                root: repository.path
            )
            let before = try games.state()
            for query in TraversalPaths.queries + [
                ".git%2Fconfig", "%2egit/config", ".GIT%2fconfig", "sub%2f..%2f.git%2fconfig",
            ] {
                let answer = try await browser.send("GET", file + "?path=" + query)
                #expect((200..<500).contains(answer.status), "\(query): \(answer.text)")
                #expect(!games.shows(answer.text) && !answer.text.contains("[core]"), "\(query)")
            }
            for path in TraversalPaths.all + [".git/config", ".Git/hooks/x", "./.git/x"] {
                let answer = try await browser.send("POST", file, ["path": .string(path), "content": "mine"])
                #expect((200..<500).contains(answer.status), "\(path): \(answer.text)")
                #expect(try games.state() == before, "\(path)")
            }
            #expect(try await repository.git("fsck", "--strict").isEmpty)
            #expect(!FileManager.default.fileExists(atPath: repository.path + "/.git/x"))
        }
    }

    private static let canaryInBase64 = Data("canary: n".utf8).base64EncodedString()
}
