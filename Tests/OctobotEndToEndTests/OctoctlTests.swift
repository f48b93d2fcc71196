import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// The built octoctl, as a person or a script uses it.
@Suite("octoctl", .serialized, .timeLimit(.minutes(5)))
struct OctoctlTests {
    private func octoctl(
        _ daemon: TestDaemon,
        _ arguments: [String],
        directory: String? = nil
    ) async throws -> Command.Result {
        try await Command.run(Products.octoctl, arguments, environment: daemon.environment, directory: directory)
    }

    @Test("chat, diff and commit: the agent's text on stdout, the rest on stderr, the commit in the repository")
    func mainJob() async throws {
        try await withDaemon(["PORT": "off"]) { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let chat = try await octoctl(
                daemon,
                [
                    "chat", "-w", repository.path, "--agent", "demo", "--approve",
                    "Hi\n/permission true\n/write notes/plan.txt forty-two",
                ]
            )
            #expect(chat.status == 0, "\(chat)")
            #expect(chat.output.contains("Hi"))
            #expect(!chat.output.contains("notes/plan.txt\u{1B}"))
            let diff = try await octoctl(daemon, ["diff"], directory: repository.path)
            #expect(diff.status == 0, "\(diff)")
            #expect(diff.output.contains("+forty-two"))
            let commit = try await octoctl(daemon, ["commit", "--message", "The plan"], directory: repository.path)
            #expect(commit.status == 0, "\(commit)")
            #expect(repository.read("notes/plan.txt")?.hasPrefix("forty-two") == true)
            #expect(try await repository.git("log", "-1", "--format=%s") == "The plan")
            let failing = try await octoctl(daemon, ["chat", "-w", repository.path, "/fail"])
            #expect(failing.status == 1, "\(failing)")
            let denied = try await octoctl(daemon, ["chat", "-w", repository.path, "--deny", "/permission touch no"])
            #expect(denied.status == 0, "\(denied)")
            let items = try await octoctl(daemon, ["chat", "-w", repository.path, "--output", "ndjson", "hello"])
            for line in items.output.split(separator: "\n") {
                #expect(try JSONValue(parsing: Array(line.utf8))["kind"] != nil, "\(line)")
            }
        }
    }

    @Test("exit statuses say what happened")
    func exitStatuses() async throws {
        try await withDaemon(["PORT": "off"]) { daemon in
            let cases: [([String], Int32)] = [
                (["call", "rpc.ping"], 0), (["call", "no.such"], 64),
                (["call", "workspace.get", "workspaceId=none"], 3),
                (["session", "get", "none"], 3), (["workspace", "create"], 64), (["nonsense"], 64),
                (["call", "preference.set", "key:=1", "value=x"], 64),
                (["call", "project.get", "projectId=other"], 77),
            ]
            for (arguments, status) in cases {
                let result = try await octoctl(daemon, arguments)
                #expect(result.status == status, "\(arguments): \(result)")
                if status != 0 { #expect(result.output.isEmpty && !result.errors.isEmpty, "\(arguments): \(result)") }
            }
        }
    }

    @Test("without a daemon: --no-spawn says so with 69, anything else starts one")
    func spawning() async throws {
        try await withDaemon(["PORT": "off"], isStarted: false) { daemon in
            let refused = try await octoctl(daemon, ["--no-spawn", "call", "rpc.ping"])
            #expect(refused.status == 69, "\(refused)")
            #expect(refused.errors.contains(daemon.socketPath))
            let spawned = try await octoctl(daemon, ["call", "rpc.ping"])
            #expect(spawned.status == 0, "\(spawned)")
            let stopped = try await octoctl(daemon, ["--no-spawn", "call", "system.shutdown"])
            #expect(stopped.status == 0, "\(stopped)")
            // It ends by itself; the lock is free then.
            while (try? daemon.connect()) != nil { await Task.yield() }
        }
    }

    @Test("doctor, schema, socket, config and completion work")
    func smallCommands() async throws {
        try await withDaemon(["PORT": "off"]) { daemon in
            let doctor = try await octoctl(daemon, ["doctor"])
            #expect(doctor.output.contains("bubblewrap") && doctor.output.contains("git"), "\(doctor)")
            let schema = try await octoctl(daemon, ["schema"])
            #expect(try JSONValue(parsing: Array(schema.output.utf8))["openrpc"] != nil)
            #expect(try await octoctl(daemon, ["socket"]).output == daemon.socketPath + "\n")
            #expect(try await octoctl(daemon, ["config"]).output.contains("SANDBOX_PROVIDER"))
            for shell in ["bash", "zsh", "fish"] {
                let script = try await octoctl(daemon, ["completion", shell])
                #expect(script.status == 0 && script.output.contains("workspace"), "\(shell): \(script.errors)")
            }
        }
    }
}
