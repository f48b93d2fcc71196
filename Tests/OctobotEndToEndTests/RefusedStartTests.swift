import CLinux
import Foundation
import OctobotTestSupport
import Testing

/// A start that cannot work is refused, with words a stranger can use.
@Suite("refused starts", .timeLimit(.minutes(2)))
struct RefusedStartTests {
    @Test(
        "a setting that cannot be used stops the start and names variable, value and what is allowed",
        arguments: [
            ("OCTOBOT_HTTP_HOST", "0.0.0.0", "127.0.0.1"), ("PORT", "banana", "65535"), ("PORT", "65536", "65535"),
            ("DATABASE_DSN", "mysql://x", "sqlite3://"), ("WORKSPACE_DIR", "relative/path", "absolute"),
            ("SANDBOX_PROVIDER", "cloud", "local"), ("SANDBOX_LOCAL_ISOLATION", "maybe", "none"),
            ("SANDBOX_LOCAL_NETWORK", "open", "host"), ("ENCRYPTION_KEY", "abc", "64 hexadecimal"),
            ("OCTOBOT_IDLE_EXIT", "soon", "10m"), ("OCTOBOT_LOG_LEVEL", "loud", "debug"),
            ("AUTH_ENABLED", "true", "false"),
            ("OCTOBOT_SOCKET", "/tmp/" + String(repeating: "x", count: 100), "103"),
        ]
    )
    func unusableSetting(name: String, value: String, allowed: String) async throws {
        let (result, _) = try await start([name: value])
        #expect(result.status == 78)
        #expect(result.errors.contains(name))
        if name != "ENCRYPTION_KEY" { #expect(result.errors.contains(value)) }
        #expect(result.errors.contains(allowed))
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    @Test("a key file that cannot be used stops the start and is named", arguments: ["short", "folder"])
    func unusableKeyFile(kind: String) async throws {
        try await withTemporaryDirectory { folder in
            let daemon = TestDaemon(folder: folder)
            let state = folder.appending(path: "state/octobot")
            try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
            let first = try await Command.run(Products.octobotd, ["config"], environment: daemon.environment)
            #expect(first.status == 0)
            let key = state.appending(path: "key")
            if kind == "short" {
                try Data("short".utf8).write(to: key)
                chmod(key.path(percentEncoded: false), 0o600)
            } else {
                try FileManager.default.createDirectory(at: key, withIntermediateDirectories: false)
            }
            let result = try await Command.run(Products.octobotd, environment: daemon.environment)
            #expect(result.status == 78)
            #expect(result.errors.contains(key.path(percentEncoded: false)))
        }
    }

    @Test(
        "a database that is not ours, is newer or is damaged is refused and untouched",
        arguments: ["text", "foreign", "newer"]
    )
    func foreignDatabase(kind: String) async throws {
        try await withTemporaryDirectory { folder in
            let daemon = TestDaemon(folder: folder)
            let path = folder.appending(path: "data/octobot/octobot.db")
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            switch kind {
            case "text": try Data(String(repeating: "not a database\n", count: 500).utf8).write(to: path)
            case "foreign":
                try await sqlite(path, "CREATE TABLE theirs (x); PRAGMA application_id = 1234;")
            default:
                try await daemon.start()
                await daemon.stop()
                try await sqlite(
                    path,
                    "INSERT INTO schema_migration SELECT * FROM (SELECT 9999, 'future', 0); PRAGMA wal_checkpoint(TRUNCATE);"
                )
            }
            let before = try Data(contentsOf: path)
            let result = try await Command.run(Products.octobotd, environment: daemon.environment)
            #expect(result.status == 78, "\(result.errors)")
            #expect(result.errors.contains("octobot.db"))
            #expect(try Data(contentsOf: path) == before)
        }
    }

    /// Python's sqlite3 module: another program that writes SQLite files.
    private func sqlite(_ path: URL, _ script: String) async throws {
        let program =
            "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\nc.executescript(sys.argv[2])\nc.commit()\nc.close()"
        _ = try await Command.output(
            "/usr/bin/env",
            ["python3", "-c", program, path.path(percentEncoded: false), script]
        )
    }

    @Test("a port somebody else has stops the start when it was asked for")
    func takenPort() async throws {
        try await withDaemon { daemon in
            let url = try await daemon.gateway()
            let port = String(try #require(url.split(separator: ":").last))
            let (result, _) = try await start(["PORT": port])
            #expect(result.status != 0)
            #expect(result.errors.contains(port))
            #expect(result.errors.contains("in use"))
        }
    }

    @Test("of two daemons on one socket the second leaves quietly")
    func secondDaemon() async throws {
        try await withDaemon(["PORT": "off"]) { daemon in
            let result = try await Command.run(Products.octobotd, environment: daemon.environment)
            #expect(result.status == 0)
            _ = try await daemon.connect().call("rpc.ping")
        }
    }

    private func start(_ variables: [String: String]) async throws -> (Command.Result, Bool) {
        try await withTemporaryDirectory { folder in
            let daemon = TestDaemon(folder: folder, variables: variables)
            let result = try await Command.run(Products.octobotd, environment: daemon.environment)
            let hasData = FileManager.default.fileExists(
                atPath: folder.appending(path: "data/octobot/octobot.db").path(percentEncoded: false)
            )
            return (result, hasData)
        }
    }
}
