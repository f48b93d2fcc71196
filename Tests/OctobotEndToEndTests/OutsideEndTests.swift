import CLinux
import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// What happens to sandboxes behind the daemon's back: the session says so within two seconds, and why.
@Suite("ends from outside", .serialized, .timeLimit(.minutes(5)))
struct OutsideEndTests {
    struct End: Sendable {
        var name: String
        var status: JSONValue
        var cause: String
        /// Given the container's name.
        var happen: @Sendable (TestEngine, String) async throws -> Void
    }

    private static let limit = Duration.seconds(2)

    private static let ends = [
        End(name: "killed", status: "error", cause: "killed") { try await $0.docker("kill", $1) },
        End(name: "paused", status: "stopped", cause: "paused") { try await $0.docker("pause", $1) },
        End(name: "stopped", status: "stopped", cause: "stopped, though not by octobotd") {
            try await $0.docker("stop", $1)
        },
        End(name: "removed", status: "stopped", cause: "removed, though not by octobotd") {
            try await $0.docker("rm", "-f", $1)
        },
        End(name: "out of memory", status: "error", cause: "out of memory") { try await starve($1, in: $0) },
    ]

    /// Makes the kernel end the sandbox's service when memory is short, and memory short.
    private static func starve(_ container: String, in engine: TestEngine) async throws {
        let first = try await engine.docker("inspect", "--format", "{{.State.Pid}}", container)
        let others = try await Command.output("/usr/bin/pgrep", ["-P", first])
        for pid in [first] + others.split(separator: "\n").map(String.init) {
            try "1000".write(toFile: "/proc/\(pid)/oom_score_adj", atomically: false, encoding: .utf8)
        }
        // It ends with its sandbox, and fails.
        _ = try? await engine.docker("exec", container, "python3", "-c", "b'x' * (1 << 31)")
    }

    @Test("containers", .enabled(if: TestEngine.unavailable == nil))
    func containers() async throws {
        try await SandboxKind.docker.withSandboxes(["SANDBOX_MEMORY_MB": "256"]) { daemon, engine in
            let engine = try #require(engine)
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let ids = try await peer.sessions(Self.ends.count, of: repository)
            for (id, end) in zip(ids, Self.ends) {
                try await end.happen(engine, SandboxKind.container(id))
                try await Self.check(id, end.status, end.cause, end.name, peer)
            }
            for (id, end) in zip(ids, Self.ends) {
                #expect(try await peer.turn("and now?", in: id).state["state"] == "completed", "\(end.name)")
                let session = try await peer.call("session.get", ["sessionId": id])
                #expect((session["errorMessage"] ?? .null) == .null, "\(session)")
            }
        }
    }

    @Test("local sandboxes", arguments: ["the service", "everything"])
    func local(killed: String) async throws {
        try await withDaemon { daemon in
            let repository = try await ScratchRepository(in: daemon.folder)
            let peer = try daemon.connect()
            let id = try #require(try await peer.session(of: repository)["id"])
            let main = try await SandboxKind.local.identity(of: id, daemon, nil).prefix { $0 != " " }
            let service = try await Command.output("/usr/bin/pgrep", ["-P", String(main)])
            let pid = try #require(pid_t(killed == "everything" ? String(main) : service))
            kill(pid, SIGKILL)
            try await Self.check(id, "error", "killed", "a local sandbox, \(killed) killed", peer)
            #expect(try await peer.turn("and now?", in: id).state["state"] == "completed")
        }
    }

    /// The session's state follows, with the cause.
    private static func check(
        _ id: JSONValue,
        _ status: JSONValue,
        _ cause: String,
        _ name: String,
        _ peer: RPCPeer
    ) async throws {
        let begin = ContinuousClock.now
        let seen = try await peer.wait(for: "session.get", ["sessionId": id]) { $0["status"] != "ready" }
        let time = begin.duration(to: .now)
        print("\(name): \(seen["status"]?.stringValue ?? "") after \(time): \(seen["errorMessage"]?.stringValue ?? "")")
        #expect(time < limit, "\(name)")
        #expect(seen["status"] == status, "\(name): \(seen)")
        #expect(seen["errorMessage"]?.stringValue?.contains(cause) == true, "\(name): \(seen)")
    }
}
