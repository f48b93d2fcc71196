import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// The main job and survival with containers of a real engine.
@Suite(
    "docker sandboxes, end to end",
    .serialized,
    .timeLimit(.minutes(8)),
    .enabled(
        if: TestEngine.unavailable == nil,
        Comment(rawValue: TestEngine.unavailable ?? "a Docker engine can run here")
    )
)
struct DockerTests {
    /// Runs `body` with a daemon whose default provider is `docker`.
    private func withDockerDaemon(
        on engine: TestEngine? = nil,
        _ body: (TestDaemon, TestEngine) async throws -> Void
    ) async throws {
        let used: TestEngine
        if let engine { used = engine } else { used = try await TestEngine.shared() }
        try await used.loadSandboxImage()
        let variables = [
            "DOCKER_HOST": "unix://\(used.socket)", "SANDBOX_PROVIDER": "docker",
            "SANDBOX_IMAGE": TestEngine.sandboxImage,
        ]
        try await withDaemon(variables) { daemon in
            try await body(daemon, used)
            let peer = try daemon.connect()
            for session in try await peer.call("session.list")["items"]?.arrayValue ?? [] {
                _ = try? await used.docker("rm", "-f", Self.container(session["id"] ?? .null))
            }
        }
    }

    private static func container(_ session: JSONValue) -> String { "octobot-session-\(session.stringValue ?? "")" }

    @Test("from a repository to a commit in it, by octoctl")
    func mainJob() async throws {
        try await withDockerDaemon { daemon, engine in
            let repository = try await ScratchRepository(in: daemon.folder)
            func octoctl(_ arguments: String...) async throws -> Command.Result {
                try await Command.run(
                    Products.octoctl,
                    arguments,
                    environment: daemon.environment,
                    directory: repository.path
                )
            }
            let prompt = "/permission true\n/run id -un\n/write notes/plan.txt forty-two"
            let chat = try await octoctl("chat", "-w", ".", "--agent", "demo", "--approve", prompt)
            #expect(chat.status == 0, "\(chat)")
            #expect((chat.output + chat.errors).contains("octobot"))
            let diff = try await octoctl("diff")
            #expect(diff.output.contains("+forty-two"), "\(diff)")
            let commit = try await octoctl("commit", "--message", "The plan")
            #expect(commit.status == 0, "\(commit)")
            #expect(repository.read("notes/plan.txt")?.hasPrefix("forty-two") == true)
            #expect(try await repository.git("log", "-1", "--format=%s") == "The plan")
            let session = try await daemon.connect().call("session.list")["items"]?[0]
            #expect(session?["provider"] == "docker", "\(String(describing: session))")
            let names = try await engine.docker("ps", "--format", "{{.Names}}").split(separator: "\n").map(String.init)
            #expect(names.contains(Self.container(session?["id"] ?? .null)))
        }
    }

    @Test("ten live sandboxes outlive a killed daemon, and a turn in one of them goes on")
    func daemonKilled() async throws {
        try await withDockerDaemon { daemon, engine in
            let repository = try await ScratchRepository(in: daemon.folder)
            var peer = try daemon.connect()
            let first = try await peer.session(of: repository)
            let workspace = first["workspaceId"] ?? .null
            var ids = [try #require(first["id"])]
            for _ in 1..<10 {
                let session = try await peer.call("session.create", ["workspaceId": workspace])
                ids.append(try #require(session["id"]))
            }
            for id in ids { try await peer.ready(id) }
            func containers() async throws -> [String] {
                var found: [String] = []
                for id in ids {
                    found.append(
                        try await engine.docker(
                            "inspect",
                            "--format",
                            "{{.Id}} {{.State.StartedAt}}",
                            Self.container(id)
                        )
                    )
                }
                return found
            }
            let before = try await containers()
            let sent = try await peer.call("chat.send", ["sessionId": ids[0], "text": "/slow 30 100"])
            let (_, items) = try await peer.subscribe(
                "chat.subscribe",
                ["sessionId": ids[0], "from": ["type": "cursor", "cursor": sent["cursor"] ?? .null]]
            )
            for await item in items where item["data"]?["chunk"]?["type"] == "text-delta" { break }
            await daemon.kill()
            try await daemon.start()
            peer = try daemon.connect()
            for id in ids {
                let status = try await peer.call("session.get", ["sessionId": id])["status"]
                #expect(status == "ready" || status == "running", "\(status ?? .null)")
            }
            let end = try await peer.follow(sent["turnId"] ?? .null, in: ids[0], from: sent["cursor"] ?? .null)
            #expect(end.state["state"] == "completed", "\(end.state)")
            for id in ids.suffix(3) {
                #expect(try await peer.turn("still here?", in: id).state["state"] == "completed")
            }
            #expect(try await containers() == before)
        }
    }

    @Test("what happens to a container behind the daemon's back is seen, with its cause, and mended by the next use")
    func behindOurBack() async throws {
        try await withDockerDaemon { daemon, engine in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.session(of: repository)
            let id = try #require(session["id"])
            let name = Self.container(id)
            let cases: [(command: [String], status: JSONValue, cause: String)] = [
                (["kill", name], "error", "killed"), (["pause", name], "stopped", "paused"),
                (["stop", name], "stopped", ""), (["rm", "-f", name], "stopped", ""),
            ]
            for (command, status, cause) in cases {
                let begin = ContinuousClock.now
                switch command[0] {
                case "kill": try await engine.docker("kill", name)
                case "pause": try await engine.docker("pause", name)
                case "stop": try await engine.docker("stop", name)
                default: try await engine.docker("rm", "-f", name)
                }
                let seen = try await peer.wait(for: "session.get", ["sessionId": id]) { $0["status"] != "ready" }
                #expect(begin.duration(to: .now) < .seconds(5))
                #expect(seen["status"] == status, "\(command): \(seen)")
                if !cause.isEmpty {
                    #expect(String(decoding: seen.serialized(), as: UTF8.self).contains(cause), "\(command): \(seen)")
                }
                #expect(try await peer.turn("and now?", in: id).state["state"] == "completed", "\(command)")
            }
        }
    }

    @Test("a killed engine that comes back: sessions say how they stand, and work again")
    func engineKilled() async throws {
        let engine = try await TestEngine.start()
        try await withDockerDaemon(on: engine) { daemon, _ in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let session = try await peer.session(of: repository)
            let id = try #require(session["id"])
            await engine.kill()
            let refused = try await peer.turn("are you there?", in: id)
            #expect(refused.state["state"] == "failed", "\(refused.state)")
            try await engine.launch()
            let begin = ContinuousClock.now
            try await peer.wait(for: "session.get", ["sessionId": id]) {
                ["stopped", "error"].contains($0["status"]?.stringValue)
            }
            #expect(begin.duration(to: .now) < .seconds(5))
            #expect(try await peer.turn("and now?", in: id).state["state"] == "completed")
        }
        await engine.stop()
    }
}
