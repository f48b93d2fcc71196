import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// A workspace's working copy over REST and by command, compared with git's own words.
@Suite("git by hand", .serialized, .timeLimit(.minutes(5)))
struct GitTests {
    @Test("status, diff, stage, commit, log, branches, files, checkout and fetch over REST")
    func overREST() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let browser = Browser(base: try await daemon.gateway())
            let created = try await browser.send(
                "POST",
                "/api/projects/local/workspaces",
                ["path": .string(repository.path)]
            )
            let workspace = try #require(created.json["id"]?.stringValue)
            let git = "/api/projects/local/workspaces/\(workspace)/git"
            let base = try await repository.head

            try repository.write("sub dir/ünï.txt", "one\ntwo\n")
            var status = try await browser.send("GET", git + "/status")
            #expect(status.status == 200, "\(status.text)")
            #expect(status.json["branch"]?.stringValue == (try await repository.git("branch", "--show-current")))
            #expect(status.json["commit"]?.stringValue == base)
            #expect(status.json["untracked"] == ["sub dir/"])
            #expect(status.json["isClean"] == false)
            #expect(try await browser.send("POST", git + "/stage", ["paths": []]).json == ["success": true])
            status = try await browser.send("GET", git + "/status")
            #expect(status.json["staged"] == [["path": "sub dir/ünï.txt", "status": "added", "oldPath": ""]])

            let diff = try await browser.send("GET", git + "/diff?staged=true&path=sub%20dir&path=nope")
            #expect(diff.json["diffs"]?.arrayValue?.count == 1, "\(diff.text)")
            #expect(diff.json["diffs"]?[0]?["additions"] == 2)
            #expect(
                diff.json["diffs"]?[0]?["patch"]?.stringValue
                    == (try await repository.git("-c", "core.quotePath=false", "diff", "--cached", "--no-abbrev"))
            )

            let commit = try await browser.send(
                "POST",
                git + "/commit",
                ["message": "Add | it", "authorName": "Eve", "authorEmail": "eve@example.org"]
            )
            #expect(commit.status == 201, "\(commit.text)")
            #expect(commit.json["sha"]?.stringValue == (try await repository.head))
            #expect(commit.json["parents"] == [.string(base)])
            let log = try await browser.send("GET", git + "/log?limit=1")
            #expect(log.json["commits"]?.arrayValue?.map { $0["message"] } == ["Add | it"])
            #expect(log.json["commits"]?[0]?["author"] == "Eve")
            let next = try #require(log.json["nextCursor"]?.stringValue)
            let older = try await browser.send("GET", git + "/log?limit=1&cursor=\(next)")
            #expect(older.json["commits"]?[0]?["sha"] == .string(base))

            let files = try await browser.send("GET", git + "/files")
            let names = files.json["files"]?.arrayValue?.compactMap { $0["path"]?.stringValue } ?? []
            let told = try await repository.git("ls-tree", "-r", "-z", "--name-only", "HEAD")
            #expect(names == told.split(separator: "\0").map(String.init))

            #expect(try await browser.send("POST", git + "/checkout", ["ref": .string(base)]).status == 200)
            #expect(try await browser.send("GET", git + "/status").json["branch"] == "HEAD")
            #expect(try await browser.send("POST", git + "/fetch").status == 200)
            let branches = try await browser.send("GET", git + "/branches")
            #expect(branches.json["branches"]?.arrayValue?.count == 1)
        }
    }

    @Test("a file is read and written over REST and by command, in the shapes of the contract")
    func files() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let browser = Browser(base: try await daemon.gateway())
            let body: JSONValue = ["path": .string(repository.path)]
            let created = try await browser.send("POST", "/api/projects/local/workspaces", body)
            let workspace = try #require(created.json["id"]?.stringValue)
            let file = "/api/projects/local/workspaces/\(workspace)/git/file"
            try repository.write("plants.txt", "peas\n")

            let now = try await browser.send("GET", file + "?path=plants.txt&ref=")
            #expect(now.json["content"] == "peas\n" && now.json["ref"] == "" && now.json["path"] == "plants.txt")
            #expect(now.json["encoding"] == "utf8" && now.json["size"] == 5)
            let then = try await browser.send("GET", file + "?path=plants.txt&ref=HEAD")
            #expect(then.json["content"] == "tomatoes\nbeans\n" && then.json["ref"] == "HEAD")
            #expect(try await browser.send("GET", file + "?path=nope").status == 404)
            #expect(try await browser.send("GET", file).status == 400)
            #expect(try await browser.send("GET", file + "?path=plants.txt&ref=nope").status == 422)
            #expect(try await browser.send("GET", file + "?path=.git/config").status == 400)

            let written = try await browser.send("POST", file, ["path": "a/b c", "content": "x"])
            #expect(written.status == 200 && written.json["success"] == true && written.json["size"] == 1)
            #expect(repository.read("a/b c") == "x")
            #expect(try await browser.send("POST", file, ["path": "", "content": "x"]).status == 400)
            #expect(try await browser.send("POST", file, ["path": "y"]).status == 400)
            let version = try #require(now.json["version"])
            let first: JSONValue = ["path": "plants.txt", "content": "mine\n", "version": version]
            #expect(try await browser.send("POST", file, first).status == 200)
            let late = try await browser.send("POST", file, first)
            #expect(late.status == 409 && late.json["error"] == "conflict" && late.json["currentContent"] == "mine\n")
            let large = String(repeating: "x", count: 5 << 20)
            #expect(try await browser.send("POST", file, ["path": "large", "content": .string(large)]).status == 200)

            func octoctl(_ arguments: String..., input: String? = nil) async throws -> Command.Result {
                try await Command.run(
                    Products.octoctl,
                    arguments,
                    environment: daemon.environment,
                    directory: repository.path,
                    input: input
                )
            }
            #expect(try await octoctl("git", "read", "large").output == large)
            #expect(try await octoctl("git", "read", "plants.txt", "--ref", "HEAD").output == "tomatoes\nbeans\n")
            let wrote = try await octoctl("git", "write", "new/file", "--version", "", input: "hello\n")
            #expect(wrote.status == 0, "\(wrote.errors)")
            #expect(repository.read("new/file") == "hello\n")
            #expect(try await octoctl("git", "write", "new/file", "--version", "", input: "again\n").status == 4)
            #expect(try await octoctl("git", "read", "../../etc/passwd").status == 64)
        }
    }

    @Test("folders are suggested over REST only where that is switched on")
    func suggestions() async throws {
        for (variables, isOn) in [([:], false), (["SUGGESTIONS_ENABLED": "true"], true)] as [([String: String], Bool)] {
            try await withDaemon(variables) { daemon in
                let repository = try await ScratchRepository(in: daemon.folder)
                let browser = Browser(base: try await daemon.gateway())
                let text = String(repository.path.dropLast(2))
                let answer = try await browser.send("GET", "/api/projects/local/suggestions?q=\(text)&type=path")
                let expected: JSONValue =
                    isOn ? [["value": .string(repository.path), "type": "path", "valid": true]] : []
                #expect(answer.status == 200 && answer.json == ["suggestions": expected], "\(answer.text)")
                for query in ["", "?q=", "?q=..%2f", "?q=%00", "?q=a&type=file", "?q=%2fnope%2f"] {
                    let none = try await browser.send("GET", "/api/projects/local/suggestions" + query)
                    #expect(none.status == 400 || none.json == ["suggestions": []], "\(query): \(none.text)")
                }
                #expect(try await browser.send("GET", "/api/projects/nope/suggestions?q=/").status == 403)
            }
        }
    }

    @Test("what cannot be is told apart, and nothing has changed")
    func refused() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let browser = Browser(base: try await daemon.gateway())
            let created = try await browser.send(
                "POST",
                "/api/projects/local/workspaces",
                ["path": .string(repository.path)]
            )
            let workspace = try #require(created.json["id"]?.stringValue)
            let git = "/api/projects/local/workspaces/\(workspace)/git"
            let head = try await repository.head
            let mark = repository.path + "/../written"
            for value in ["nope", "--output=\(mark)", "-x", "a..b", "HEAD:x"] {
                let text = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                for query in ["log?ref=", "files?ref=", "diff?base=", "diff?base=HEAD&head="] {
                    let answer = try await browser.send("GET", git + "/" + query + text)
                    #expect(answer.status == 422, "\(query)\(value): \(answer.text)")
                }
                #expect(try await browser.send("POST", git + "/checkout", ["ref": .string(value)]).status == 422)
            }
            #expect(!FileManager.default.fileExists(atPath: mark))
            #expect(try await browser.send("POST", git + "/checkout", ["ref": ""]).status == 400)
            #expect(try await browser.send("POST", git + "/commit", ["message": ""]).status == 400)
            #expect(try await browser.send("POST", git + "/commit", ["message": "m"]).status == 409)
            #expect(try await browser.send("GET", git + "/log?cursor=1").status == 400)
            for path in ["../x", "/etc/passwd", "nope"] {
                let staged = try await browser.send("POST", git + "/stage", ["paths": [.string(path)]])
                #expect((400..<500).contains(staged.status), "\(path): \(staged.text)")
            }
            let foreign = "/api/projects/local/workspaces/nope/git"
            for name in ["status", "log", "diff", "branches", "files"] {
                #expect(try await browser.send("GET", foreign + "/" + name).status == 404)
            }
            #expect(try await repository.head == head)
            #expect(try await repository.git("status", "--porcelain").isEmpty)
        }
    }

    @Test("by command, from the folder itself")
    func byCommand() async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            func octoctl(_ arguments: String...) async throws -> Command.Result {
                try await Command.run(
                    Products.octoctl,
                    arguments,
                    environment: daemon.environment,
                    directory: repository.path
                )
            }
            let made = try await octoctl("workspace", "create", ".")
            #expect(made.status == 0, "\(made.errors)")
            try repository.write("new file.txt", "x\n")
            #expect(try await octoctl("git", "status").output.contains("untracked  new file.txt"))
            #expect(try await octoctl("git", "stage", "new file.txt").status == 0)
            #expect(try await octoctl("git", "diff", "--staged", "--name-only").output == "A  new file.txt\n")
            let commit = try await octoctl("git", "commit", "-m", "By hand")
            #expect(commit.status == 0, "\(commit.errors)")
            #expect(try await octoctl("git", "log", "--limit", "1").output.contains("By hand"))
            let nothing = try await octoctl("git", "commit", "-m", "again")
            #expect(nothing.status == 4)
            #expect(nothing.errors.contains("Nothing is staged."))
        }
    }
}
