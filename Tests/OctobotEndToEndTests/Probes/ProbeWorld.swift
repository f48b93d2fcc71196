import CLinux
import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// Two sessions of one workspace, and what of them and of octobotd is worth getting at.
struct ProbeWorld: Sendable {
    private let peer: RPCPeer
    private let ids: [String]
    /// The same for every run.
    let facts: [String: JSONValue]
    /// What stands for ``inside`` on the host.
    let outside: [String: JSONValue]

    /// Where things are in a sandbox.
    static let inside: [String: JSONValue] = [
        "mirror": "/.workspace", "agentFolder": "/opt/octobot/bin", "roots": ["/"], "setuid": "/home/octobot/.as-root",
    ]

    init(_ daemon: TestDaemon, _ peer: RPCPeer, _ engine: TestEngine?) async throws {
        self.peer = peer
        let folder = daemon.folder.path(percentEncoded: false)
        let needle = "needle-\(UInt64.random(in: 0...UInt64.max))"
        let repository = try await ScratchRepository(in: daemon.folder)
        try repository.write(needle, "of the user's folder\n")
        let session = try await peer.session(of: repository)
        let other = try await peer.call("session.create", ["workspaceId": session["workspaceId"] ?? .null])
        let ids = try [session, other].map { try #require($0["id"]?.stringValue) }
        self.ids = ids
        try await peer.ready(.string(ids[1]))
        let theirs = "theirs-" + needle
        _ = try await peer.call("session.exec", ["sessionId": .string(ids[1]), "argv": ["touch", .string(theirs)]])
        let gateway = try await daemon.gateway().split(separator: ":").last.flatMap { Int64($0) }
        var facts: [String: JSONValue] = [
            "userFile": .string("\(repository.path)/\(needle)"), "neighbourFile": .string(theirs),
            "database": .string(folder + "data/octobot/octobot.db"), "keyFile": .string(folder + "state/octobot/key"),
            "daemonSocket": .string(daemon.socketPath), "gatewayPort": .integer(try #require(gateway)),
        ]
        let homes: [String]
        if let engine {
            let name = SandboxKind.container(.string(ids[1]))
            let port = try await engine.docker("port", name, "3002/tcp").split(separator: ":").last.flatMap {
                Int64($0)
            }
            let network = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
            facts["engineSocket"] = .string(engine.socket)
            facts["neighbour"] = .string(try await engine.docker("inspect", "--format", network, name))
            facts["neighbourPort"] = .integer(try #require(port))
            let volumes = ids.map { "octobot-data-\($0)" }
            let format = ["volume", "inspect", "--format", "{{.Mountpoint}}"]
            homes = try await engine.docker(arguments: format + volumes).split(separator: "\n").map(String.init)
        } else {
            let sockets = folder + "state/octobot/s"
            let first = try FileManager.default.contentsOfDirectory(atPath: sockets).first
            facts["neighbourSocket"] = .string("\(sockets)/\(try #require(first))/agent.sock")
            homes = ids.map { "\(folder)data/octobot/sandboxes/\($0)" }
        }
        facts["neighbourHome"] = .string(homes[1])
        // Now that the engine's networks are there.
        let addresses = try await Command.output("/bin/hostname", ["-I"]).split(separator: " ")
            .filter { $0.contains(".") }
        facts["addresses"] = .array((["127.0.0.1"] + addresses.map(String.init)).map { .string($0) })
        self.facts = facts
        // Root's, and for everybody to run with root's rights: put there behind the sandbox's back.
        try Self.copyAsRoot(to: homes[0] + "/.as-root")
        let mirror = try await Command.output("/usr/bin/find", [folder + "data", "-path", "*/mirrors/*.git", "-prune"])
        outside = ["mirror": .string(mirror), "agentFolder": .string(folder), "roots": [.string(folder)]]
    }

    private static func copyAsRoot(to path: String) throws {
        try FileManager.default.copyItem(atPath: "/usr/bin/id", toPath: path)
        try #require(chmod(path, 0o4755) == 0)
    }

    /// Runs probes as the first session's user.
    func run(_ probes: [Probe], _ facts: [String: JSONValue]) async throws -> [String: String] {
        let answer = try await peer.call(
            "session.exec",
            [
                "sessionId": .string(ids[0]), "argv": ["python3", "-I", "-"], "timeoutMs": 60_000,
                "stdin": .string(ProbeProgram.runner(probes, facts: facts, isControl: false)),
            ]
        )
        try #require(answer["exitCode"] == 0, "\(answer)")
        return try ProbeProgram.results(answer["stdout"]?.stringValue ?? "")
    }

    /// Runs probes as root in the first session's container.
    func runAsRoot(
        _ probes: [Probe],
        _ facts: [String: JSONValue],
        in engine: TestEngine
    ) async throws -> [String: String] {
        let output = try await engine.docker(
            "exec",
            "--interactive",
            "--user",
            "0",
            SandboxKind.container(.string(ids[0])),
            "python3",
            "-I",
            "-",
            input: ProbeProgram.runner(probes, facts: facts, isControl: false)
        )
        return try ProbeProgram.results(output)
    }

    /// Runs all probes as root of the host: each gets what it wants there, or it would prove nothing.
    static func checkControl(_ facts: [String: JSONValue], _ daemon: TestDaemon) async throws {
        // Where everybody can run it.
        let program = "/tmp/octobot-probe-\(UInt32.random(in: 0...UInt32.max))"
        defer { unlink(program) }
        try copyAsRoot(to: program)
        let facts = facts.merging(["setuid": .string(program)]) { $1 }
        var environment = ProcessInfo.processInfo.environment
        environment["OCTOBOT_SECRET"] = "needle"
        let run = try await Command.run(
            "/usr/bin/env",
            ["timeout", "60", "python3", "-"],
            environment: environment,
            input: ProbeProgram.runner(Probe.all, facts: facts, isControl: true)
        )
        try #require(run.status == 0, "\(run.errors)")
        let results = try ProbeProgram.results(run.output)
        #expect(Set(results.keys) == Set(Probe.all.map(\.name)))
        var absent: [String] = []
        for (name, result) in results.sorted(by: { $0.key < $1.key }) {
            if result == "absent" {
                absent.append(name)
            } else {
                #expect(result == "in", "on the host, \(name): \(result)")
            }
        }
        print("on the host all of them got in, but for what its kernel lacks: \(absent)")
        #expect(absent.count < 12)
    }
}
