import Foundation
import JSONText
import OctobotTestSupport
import Testing

/// A provider whose sandboxes are real.
enum SandboxKind: String, CaseIterable, CustomTestStringConvertible {
    case local, docker

    var testDescription: String { rawValue }

    /// Those that can be used here.
    static var usable: [SandboxKind] { TestEngine.unavailable == nil ? allCases : [.local] }

    static func container(_ session: JSONValue) -> String { "octobot-session-\(session.stringValue ?? "")" }

    /// Runs `body` with a daemon whose default provider is this one.
    ///
    /// - Parameter used: The engine of `docker`; the shared one when `nil`.
    func withSandboxes(
        on used: TestEngine? = nil,
        _ variables: [String: String] = [:],
        isStarted: Bool = true,
        _ body: (TestDaemon, TestEngine?) async throws -> Void
    ) async throws {
        var variables = variables
        variables["SANDBOX_PROVIDER"] = rawValue
        guard self == .docker else {
            return try await withDaemon(variables, isStarted: isStarted) { try await body($0, nil) }
        }
        let engine: TestEngine
        if let used { engine = used } else { engine = try await TestEngine.shared() }
        try await engine.loadSandboxImage()
        variables["DOCKER_HOST"] = "unix://\(engine.socket)"
        variables["SANDBOX_IMAGE"] = TestEngine.sandboxImage
        try await withDaemon(variables, isStarted: isStarted) { daemon in
            try await body(daemon, engine)
            let sessions = try await daemon.connect().call("session.list", ["limit": 500])["items"]?.arrayValue ?? []
            let containers = sessions.map { Self.container($0["id"] ?? .null) }
            // Some are gone already, which is no matter.
            _ = try? await engine.docker(arguments: ["rm", "-f"] + containers)
        }
    }

    /// What a sandbox is by the word of the machine: the same as long as nothing of it was started again.
    func identity(of session: JSONValue, _ daemon: TestDaemon, _ engine: TestEngine?) async throws -> String {
        if let engine {
            return try await engine.docker(
                "inspect",
                "--format",
                "{{.Id}} {{.State.StartedAt}} {{.State.Running}}",
                Self.container(session)
            )
        }
        let record = daemon.folder.appending(path: "data/octobot/sandbox-records/\(session.stringValue ?? "")")
        let run = try JSONCoding.decode(
            JSONValue.self,
            from: Data(contentsOf: record.appending(path: "sandbox.json"))
        )["run"]
        let pid = try #require(run?["pid"]?.integerValue)
        let facts = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        // After the name, which may hold anything: from the third field on; the 22nd is the start (proc_pid_stat(5)).
        let fields = try #require(facts.split(separator: ")").last).split(separator: " ")
        return "\(pid) \(fields[19]) \(run?["startTime"] ?? .null)"
    }
}

extension RPCPeer {
    /// Sessions of one new workspace with the demo agent, their sandboxes running, brought up side by side.
    func sessions(_ count: Int, of repository: ScratchRepository) async throws -> [JSONValue] {
        let workspace = try await workspace(of: repository)["id"] ?? .null
        _ = try await call("agent.create", ["agentType": "demo"])
        var ids: [JSONValue] = []
        for _ in 0..<count {
            ids.append(try #require(try await call("session.create", ["workspaceId": workspace])["id"]))
        }
        for id in ids { try await ready(id) }
        return ids
    }
}
