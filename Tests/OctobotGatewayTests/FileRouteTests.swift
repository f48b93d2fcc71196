import JSONText
import OctobotAPI
import OctobotModel
import OctobotServer
import OctobotServices
import Testing

@Suite("the routes of files and caches", .timeLimit(.minutes(2)))
struct FileRouteTests {
    private static let files = "/api/projects/local/sessions/s1/files"

    private static func run(_ body: @Sendable (TestGateway) async throws -> Void) async throws {
        try await TestGateway.run(
            operations: [
                AnyOperation(ListSessionFiles.self), AnyOperation(ReadSessionFile.self),
                AnyOperation(WriteSessionFile.self), AnyOperation(DeleteSessionFile.self),
                AnyOperation(RenameSessionFile.self), AnyOperation(ListCaches.self), AnyOperation(DeleteCaches.self),
            ],
            register: register
        ) { gateway in
            try await body(gateway)
        }
    }

    private static func register(_ table: OperationTable, _ calls: TestGateway.CallRecord) {
        table.register(ListSessionFiles.self) { params, _ in
            let entry = SessionFolder.Entry(name: "a", type: .file, size: params.hidden == true ? 1 : 2)
            return SessionFolder(path: params.path ?? "?", entries: [entry])
        }
        table.register(ReadSessionFile.self) { params, _ in
            if params.path == "no" { throw Fault.notFound("file", "no") }
            if params.path == "denied" { throw Fault(.permissionDenied, "No.") }
            if params.path == "large" { throw Fault(.requestTooLarge, "Large.") }
            let content = "\(params.fromBase ?? false) \(params.offset ?? -1) \(params.length ?? -1)"
            return SessionFile(path: params.path, content: content, encoding: .utf8, size: 1, version: "v")
        }
        table.register(WriteSessionFile.self) { params, _ in
            calls.add(params.originalContent ?? "write")
            guard params.version != "old" else {
                let details: [String: JSONValue] = ["currentContent": "now", "currentVersion": "new"]
                throw Fault(.versionConflict, "It has changed.", reason: "version_conflict", details: details)
            }
            return WrittenFile(path: params.path, size: params.content.utf8.count, version: "v")
        }
        table.register(DeleteSessionFile.self) { params, _ in DeletedFile(path: params.path, type: .directory) }
        table.register(RenameSessionFile.self) { params, _ in
            RenamedFile(oldPath: params.oldPath, newPath: params.newPath)
        }
        table.register(ListCaches.self) { _, _ in Page(items: [CacheVolume.example]) }
        table.register(DeleteCaches.self) { _, _ in Empty() }
    }

    @Test("lists and reads take their query, decoded")
    func reading() async throws {
        try await Self.run { gateway in
            let list = try await gateway.request("GET", Self.files + "?path=a%20%26b%23%2B&hidden=true")
            #expect(list.body == #"{"entries":[{"name":"a","size":1,"type":"file"}],"path":"a &b#+"}"# + "\n")
            #expect(try await gateway.request("GET", Self.files).body.contains(#""path":"?""#))
            let read = try await gateway.request("GET", Self.files + "/read?path=x&fromBase=true&offset=3&length=4")
            #expect(
                read.body == #"{"content":"true 3 4","encoding":"utf8","path":"x","size":1,"version":"v"}"# + "\n"
            )
        }
    }

    @Test(
        "what goes wrong has the status of the contract",
        arguments: [
            ("GET", "/read", nil, 400), ("GET", "/read?path=", nil, 400), ("GET", "/read?path=no", nil, 404),
            ("GET", "/read?path=denied", nil, 403), ("GET", "/read?path=large", nil, 413),
            ("GET", "/read?path=x&offset=-1", nil, 400), ("GET", "/read?path=x&length=0", nil, 400),
            ("PUT", "/write", #"{"path":"x"}"#, 400), ("PUT", "/write", #"{"content":"x"}"#, 400),
            ("PUT", "/write", #"{"path":"","content":"x"}"#, 400),
            ("PUT", "/write", #"{"path":"x","content":"x","encoding":"latin1"}"#, 400),
            ("POST", "/delete", "{}", 400), ("POST", "/rename", #"{"oldPath":"x"}"#, 400),
            ("POST", "/rename", #"{"newPath":"x"}"#, 400), ("GET", "/write", nil, 405), ("GET", "/nothing", nil, 404),
        ] as [(String, String, String?, Int)]
    )
    func statuses(method: String, path: String, body: String?, status: Int) async throws {
        try await Self.run { gateway in
            let answer = try await gateway.request(method, Self.files + path, body: body)
            #expect(answer.status == status, "\(answer.body)")
            #expect(try JSONValue(parsing: Array(answer.body.utf8))["error"]?.stringValue?.isEmpty == false)
            #expect(gateway.calls.all.isEmpty)
        }
    }

    @Test("changes answer what they did")
    func changing() async throws {
        try await Self.run { gateway in
            let written = try await gateway.request(
                "PUT",
                Self.files + "/write",
                body: #"{"path":"x","content":"hi","originalContent":"before","unknown":1}"#
            )
            #expect(written.body == #"{"path":"x","size":2,"version":"v"}"# + "\n")
            #expect(gateway.calls.all == ["before"])
            let deleted = try await gateway.request("POST", Self.files + "/delete", body: #"{"path":"x"}"#)
            #expect(deleted.body == #"{"path":"x","type":"directory"}"# + "\n")
            let body = #"{"oldPath":"x","newPath":"y"}"#
            let renamed = try await gateway.request("POST", Self.files + "/rename", body: body)
            #expect(renamed.body == #"{"newPath":"y","oldPath":"x"}"# + "\n")
        }
    }

    @Test("a conflict has the one body whose error the stock client reads, with the content once")
    func conflict() async throws {
        try await Self.run { gateway in
            let body = #"{"path":"x","content":"hi","version":"old"}"#
            let answer = try await gateway.request("PUT", Self.files + "/write", body: body)
            #expect(answer.status == 409)
            let value = try JSONValue(parsing: Array(answer.body.utf8))
            #expect(value["error"] == "conflict" && value["message"] == "It has changed.")
            #expect(value["currentContent"] == "now" && value["code"] == "VersionConflict")
            #expect(value["details"] == ["currentVersion": "new", "reason": "version_conflict"])
        }
    }

    @Test("a file may be 16 MiB on its way in, other bodies 1 MiB")
    func limits() async throws {
        try await Self.run { gateway in
            func body(_ size: Int) -> String {
                let head = #"{"path":"x","newPath":"y","oldPath":"x","content":""#
                return head + String(repeating: "x", count: size - head.utf8.count - 2) + #""}"#
            }
            for (path, method, size, status) in [
                ("/write", "PUT", 16 << 20, 200), ("/write", "PUT", (16 << 20) + 1, 413),
                ("/rename", "POST", (1 << 20) + 1, 413), ("/delete", "POST", (1 << 20) + 1, 413),
            ] {
                let answer = try await gateway.request(method, Self.files + path, body: body(size))
                #expect(answer.status == status, "\(path) \(size)")
            }
        }
    }

    @Test("caches are volumes in an engine's spelling")
    func caches() async throws {
        try await Self.run { gateway in
            let list = try await gateway.request("GET", "/api/projects/local/cache")
            let volumes = try JSONValue(parsing: Array(list.body.utf8))["volumes"]?.arrayValue
            #expect(volumes?.count == 1 && volumes?.first?["Name"] == "octobot-cache-local")
            #expect(volumes?.first?["Labels"]?["octobot.managed"] == "true")
            let deleted = try await gateway.request("DELETE", "/api/projects/local/cache")
            #expect(deleted.body == #"{"success":true}"# + "\n")
        }
    }
}
