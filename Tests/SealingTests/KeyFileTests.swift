import Foundation
import OctobotTestSupport
import Sealing
import Testing

@Suite("the key file", .timeLimit(.minutes(1)))
struct KeyFileTests {
    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("the first start makes it for its owner alone, later ones read it")
    func creation() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "key").path(percentEncoded: false)
            #expect(try KeyFile.load(path: path) == nil)
            let key = try KeyFile.loadOrCreate(path: path)
            #expect(try Self.mode(path) == 0o600)
            #expect(try String(contentsOfFile: path, encoding: .utf8).wholeMatch(of: /[0-9a-f]{64}\n/) != nil)
            #expect(try KeyFile.loadOrCreate(path: path) == key)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)) == ["key"])
        }
    }

    @Test("of many starts at once all get the same key")
    func race() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "key").path(percentEncoded: false)
            let secrets = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        try KeyFile.loadOrCreate(path: path).current.sandboxKey.secret(sessionID: "s", nonce: "n")
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(secrets.count == 1)
        }
    }

    @Test(
        "a file that cannot be right is refused by name and never replaced",
        arguments: [
            ("short", 0o600, "64 hexadecimal"), (String(repeating: "0", count: 521), 0o600, "521 bytes"),
            (String(repeating: "0", count: 66), 0o600, "64 hexadecimal"),
            (String(repeating: "x", count: 64), 0o600, "64 hexadecimal"), ("", 0o600, "0 bytes"),
            (String(repeating: "0", count: 64), 0o640, "0640"), (String(repeating: "0", count: 64), 0o604, "0604"),
        ]
    )
    func refused(content: String, mode: Int, reason: String) async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "key").path(percentEncoded: false)
            try Data(content.utf8).write(to: URL(filePath: path))
            chmod(path, mode_t(mode))
            let error = #expect(throws: SealingError.self) { try KeyFile.loadOrCreate(path: path) }
            let text = try #require(error).description
            #expect(text.contains(path))
            #expect(text.contains(reason))
            if content.count > 60 { #expect(!text.contains(content)) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == content)
        }
    }

    @Test("a folder or a pipe in its place is refused", arguments: ["folder", "pipe"])
    func wrongKind(kind: String) async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "key").path(percentEncoded: false)
            #expect((kind == "pipe" ? mkfifo(path, 0o600) : mkdir(path, 0o700)) == 0)
            let error = #expect(throws: SealingError.self) { try KeyFile.loadOrCreate(path: path) }
            #expect(error?.description.contains("not a regular file") == true)
        }
    }

    @Test("a folder that is not there is named")
    func noFolder() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.appending(path: "absent/key").path(percentEncoded: false)
            let error = #expect(throws: SealingError.self) { try KeyFile.loadOrCreate(path: path) }
            #expect(error?.description.contains(path) == true)
        }
    }
}
