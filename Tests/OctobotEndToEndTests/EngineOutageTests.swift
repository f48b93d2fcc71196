import CLinux
import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// A Docker engine that dies and comes back, or was never there.
@Suite("without an engine", .serialized, .timeLimit(.minutes(6)))
struct EngineOutageTests {
    /// Calls that need the sandbox of a session.
    private static func calls(on id: JSONValue) -> [(String, JSONValue)] {
        [
            ("session.start", ["sessionId": id]), ("session.exec", ["sessionId": id, "argv": ["true"]]),
            ("session.stats", ["sessionId": id]), ("session.diff", ["sessionId": id]),
            ("file.list", ["sessionId": id, "path": "."]), ("file.read", ["sessionId": id, "path": "plants.txt"]),
            ("terminal.open", ["sessionId": id, "id": "t1", "rows": 24, "cols": 80]),
        ]
    }

    /// Each of them is refused at once, in words that name the engine.
    private static func checkRefusals(of id: JSONValue, _ peer: RPCPeer) async throws {
        for (method, params) in calls(on: id) {
            let begin = ContinuousClock.now
            do {
                let answer = try await peer.call(method, params)
                Issue.record("\(method) answered \(answer)")
            } catch let refused as RPCPeer.Refused {
                let type = refused.error["data"]?["type"]
                let text = String(decoding: refused.error.serialized(), as: UTF8.self)
                #expect(type == "Unavailable" || type == "UpstreamFailed", "\(method): \(text)")
                #expect(text.lowercased().contains("engine"), "\(method): \(text)")
            }
            let time = begin.duration(to: .now)
            #expect(time < .seconds(2), "\(method) took \(time)")
        }
    }

    @Test("calls say that there is no engine and what to do, doctor too, and local sandboxes work")
    func none() async throws {
        try await withTemporaryDirectory { folder in
            let socket = folder.appending(path: "none.sock").path(percentEncoded: false)
            try await withDaemon(["DOCKER_HOST": "unix://\(socket)"]) { daemon in
                let repository = try await ScratchRepository(in: daemon.folder)
                let peer = try daemon.connect()
                let local = try await peer.session(of: repository)
                let other = try await ScratchRepository(in: daemon.folder, named: "orchard")
                let workspace = try await peer.call(
                    "workspace.create",
                    ["path": .string(other.path), "provider": "docker"]
                )
                let created = try await peer.call("session.create", ["workspaceId": workspace["id"] ?? .null])
                let id = try #require(created["id"])
                let failed = try await peer.wait(for: "session.get", ["sessionId": id]) { $0["status"] == "error" }
                let said = failed["errorMessage"]?.stringValue ?? ""
                #expect(said.contains("No engine answers") && said.contains("systemctl start docker"), "\(said)")
                try await Self.checkRefusals(of: id, peer)
                let refused = try await peer.turn("are you there?", in: id)
                #expect(refused.state["state"] == "failed")
                #expect("\(refused)".contains("No engine answers"), "\(refused)")

                let doctor = try await Command.run(
                    Products.octoctl,
                    ["doctor", "--output", "json"],
                    environment: daemon.environment
                )
                let finding = try JSONCoding.decode(JSONValue.self, from: Data(doctor.output.utf8))["findings"]?
                    .arrayValue?.first { $0["name"]?.stringValue?.contains("docker") == true }
                let detail = String(decoding: (finding ?? .null).serialized(), as: UTF8.self)
                #expect(detail.contains("No engine answers") && detail.contains("docker.io"), "\(doctor)")

                #expect(local["provider"] == "local")
                #expect(try await peer.turn("and you?", in: local["id"] ?? .null).state["state"] == "completed")
            }
        }
    }

    @Test(
        "a killed engine that comes back: nothing spins meanwhile, sessions say how they stand, and work again",
        .enabled(if: TestEngine.unavailable == nil),
        arguments: [false, true]
    )
    func killed(liveRestore: Bool) async throws {
        let engine = try await TestEngine.start(liveRestore: liveRestore)
        do {
            try await SandboxKind.docker.withSandboxes(on: engine) { daemon, _ in
                let repository = try await ScratchRepository(in: daemon.folder)
                let peer = try daemon.connect()
                let ids = try await peer.sessions(3, of: repository)
                let everything = try await Self.inventory(of: engine)
                let before = try await SandboxKind.docker.identity(of: ids[0], daemon, engine)
                await engine.kill()
                try await Self.checkRefusals(of: ids[0], peer)
                #expect(try await peer.turn("are you there?", in: ids[1]).state["state"] == "failed")

                let pid = try #require(await daemon.pid)
                let used = try Self.processorTime(of: pid)
                var clock = ContinuousClock.now
                try await engine.launch()
                let outage = clock.duration(to: .now)
                let share = try (Self.processorTime(of: pid) - used) / (outage / .seconds(1))
                #expect(share < 0.2)

                clock = .now
                let wanted: Set<JSONValue> = liveRestore ? ["ready"] : ["stopped", "error"]
                for id in ids {
                    let session = try await peer.wait(for: "session.get", ["sessionId": id]) {
                        wanted.contains($0["status"] ?? .null)
                    }
                    if !liveRestore { #expect(session["errorMessage"]?.stringValue?.isEmpty == false, "\(session)") }
                }
                let time = clock.duration(to: .now)
                print(
                    "engine \(liveRestore ? "with" : "without") live-restore: away for \(outage), \(share) of a processor meanwhile; right after \(time)"
                )
                #expect(time < .seconds(5))
                if liveRestore {
                    #expect(try await SandboxKind.docker.identity(of: ids[0], daemon, engine) == before)
                }
                for id in ids { #expect(try await peer.turn("and now?", in: id).state["state"] == "completed") }
                #expect(try await Self.inventory(of: engine) == everything)
            }
        } catch {
            await engine.stop()
            throw error
        }
        await engine.stop()
    }

    /// The names of all containers and of all volumes.
    private static func inventory(of engine: TestEngine) async throws -> [Set<Substring>] {
        [
            Set(try await engine.docker("ps", "--all", "--format", "{{.Names}}").split(separator: "\n")),
            Set(try await engine.docker("volume", "ls", "--quiet").split(separator: "\n")),
        ]
    }

    /// Seconds of processor time a process has used.
    private static func processorTime(of pid: pid_t) throws -> Double {
        let facts = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = try #require(facts.split(separator: ")").last).split(separator: " ")
        // utime and stime, in ticks (proc_pid_stat(5)).
        let ticks = try #require(Double(fields[11])) + #require(Double(fields[12]))
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
