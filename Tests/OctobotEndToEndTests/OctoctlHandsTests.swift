import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// What people do in a sandbox with octoctl.
@Suite("octoctl in a sandbox", .serialized, .timeLimit(.minutes(5)))
struct OctoctlHandsTests {
    private func octoctl(
        _ files: SessionFiles,
        _ arguments: [String],
        input: String? = nil
    ) async throws -> Command.Result {
        try await Command.run(Products.octoctl, arguments, environment: files.daemon.environment, input: input)
    }

    @Test("exec: output and errors apart, input piped through, the program's status")
    func exec() async throws {
        try await withFiles { files in
            let id = files.session
            let both = try await octoctl(files, ["exec", id, "--", "sh", "-c", "echo out; echo err >&2; exit 7"])
            #expect(both.status == 7 && both.output == "out\n" && both.errors == "err\n", "\(both)")
            let alias = try await octoctl(files, ["session", "exec", id, "--", "tr", "a-z", "A-Z"], input: "loud")
            #expect(alias.status == 0 && alias.output == "LOUD" && alias.errors.isEmpty, "\(alias)")
            let options = try await octoctl(
                files,
                ["exec", id, "-C", "/tmp", "-e", "A=b c", "-n", "--", "sh", "-c", "pwd; echo \"$A\"; cat"],
                input: "not read"
            )
            #expect(options.output == "/tmp\nb c\n", "\(options)")
            let none = try await octoctl(files, ["exec", id, "--", "no-such-program"])
            #expect(none.status == 127 && none.errors.contains("no-such-program"), "\(none)")
            let signal = try await octoctl(files, ["exec", id, "--", "sh", "-c", "kill -KILL $$"])
            #expect(signal.status == 137, "\(signal)")
            let late = try await octoctl(files, ["exec", id, "--timeout", "0.3", "--", "sleep", "600"])
            #expect(late.status == 124 && !late.errors.isEmpty, "\(late)")
            let json = try await octoctl(files, ["exec", id, "-o", "json", "--", "sh", "-c", "echo out; exit 2"])
            let result = try JSONValue(parsing: Array(json.output.utf8))
            #expect(json.status == 2 && result["stdout"] == "out\n" && result["exitCode"] == 2, "\(json)")
            let lines = try await octoctl(files, ["exec", "subscribe", id, "--", "echo", "out"])
            let notifications = try lines.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
            #expect(notifications.first?["data"] == "out\n" && notifications.last?["exitCode"] == 0, "\(lines)")
        }
    }

    @Test("Ctrl-C kills the program and ends with 130")
    func interrupted() async throws {
        try await withFiles { files in
            let output = files.daemon.folder.appending(path: "exec.out").path(percentEncoded: false)
            let child = try ChildProcess(
                Products.octoctl,
                ["exec", files.session, "--", "sh", "-c", "echo $$ > pid; exec sleep 600"],
                environment: files.daemon.environment,
                output: output
            )
            let started = ["exec", files.session, "--", "sh", "-c", "while [ ! -s pid ]; do sleep 0.02; done"]
            #expect(try await octoctl(files, started).status == 0)
            child.send(SIGINT)
            #expect(await child.status == 130)
            let script = "while kill -0 $(cat pid) 2>/dev/null; do sleep 0.02; done"
            let gone = try await octoctl(files, ["exec", files.session, "--timeout", "30", "--", "sh", "-c", script])
            #expect(gone.status == 0, "\(gone)")
        }
    }

    @Test("file: bytes in, the same bytes out; lists, renames, deletes; conflicts are 4, what is missing 3")
    func files() async throws {
        try await withFiles { files in
            let session = ["--session", files.session]
            let local = files.daemon.folder.appending(path: "noise").path(percentEncoded: false)
            let noise = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) })
            try noise.write(to: URL(filePath: local))
            let written = try await octoctl(files, ["file", "write", "a/noise", "--from", local] + session)
            #expect(written.status == 0 && written.output.isEmpty && written.errors.contains("97.7 KiB"), "\(written)")
            let out = files.daemon.folder.appending(path: "noise.out").path(percentEncoded: false)
            let read = try ChildProcess(
                Products.octoctl,
                ["file", "read", "a/noise"] + session,
                environment: files.daemon.environment,
                output: out,
                errors: out + ".err"
            )
            #expect(await read.status == 0)
            #expect(try Data(contentsOf: URL(filePath: out)) == noise)
            let piped = try await octoctl(files, ["file", "write", "b.txt", "--version", ""] + session, input: "hi\n")
            #expect(piped.status == 0, "\(piped)")
            let again = try await octoctl(files, ["file", "write", "b.txt", "--version", ""] + session, input: "no")
            #expect(again.status == 4, "\(again)")
            let part = try await octoctl(files, ["file", "read", "b.txt", "--offset", "1", "--length", "1"] + session)
            #expect(part.output == "i", "\(part)")
            let base = try await octoctl(files, ["file", "read", "plants.txt", "--from-base"] + session)
            #expect(base.output == "tomatoes\nbeans\n", "\(base)")
            let list = try await octoctl(files, ["file", "list"] + session)
            #expect(
                list.output == "SIZE  NAME\n-     a/\n3 B   b.txt\n15 B  plants.txt\n20 B  tool.sh\n",
                "\(list)"
            )
            #expect(try await octoctl(files, ["file", "rename", "b.txt", "c.txt"] + session).status == 0)
            #expect(try await octoctl(files, ["file", "delete", "c.txt"] + session).status == 0)
            #expect(try await octoctl(files, ["file", "delete", "c.txt"] + session).status == 3)
            #expect(try await octoctl(files, ["file", "read", "../etc/passwd"] + session).status == 64)
        }
    }

    @Test("session stats and the caches are shown")
    func small() async throws {
        try await withFiles { files in
            let stats = try await octoctl(files, ["session", "stats", files.session])
            #expect(stats.status == 0 && stats.output.contains("processes") && stats.output.contains("MiB"), "\(stats)")
            let list = try await octoctl(files, ["cache", "list"])
            #expect(list.output.contains("octobot-cache-local"), "\(list)")
            #expect(try await octoctl(files, ["cache", "delete"]).status == 4)
            #expect(try await octoctl(files, ["session", "stop", files.session]).status == 0)
            #expect(try await octoctl(files, ["cache", "delete"]).status == 0)
        }
    }
}
